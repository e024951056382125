"""Write an instrument as an XLSForm workbook that other tools read and that we read back whole.

What only the portal knows travels in columns of a namespace of its own, which other tools ignore.
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveys import documents, relevance, writing
from surveys.models import Question

Object = dict[str, Any]
Type = Question.Type
NAMESPACE = "https://example.org/ns/ciwo-instrument/1"
SECTION, ABOUT, WHY_NOT = "sec_", "about_", "_nr"
TYPES = {
    Type.SINGLE_CHOICE: "select_one",
    Type.YES_NO_IN_PROGRESS: "select_one",
    Type.SCALE: "select_one",
    Type.MULTIPLE_CHOICE: "select_multiple",
    Type.RANKING: "rank",
    Type.YEAR: "integer",
    Type.DATE: "date",
    Type.SHORT_TEXT: "text",
    Type.LONG_TEXT: "text",
    Type.FILE: "file",
}
LOOKS = {
    Type.SCALE: "likert",
    Type.LONG_TEXT: "multiline",
    Type.CURRENCY: "thousands-sep",
    Type.MATRIX: "table-list",
}
COLUMNS = (
    *("type", "name", "label", "hint", "guidance_hint", "required", "required_message"),
    *("relevant", "constraint", "constraint_message", "appearance"),
    *("bind::ciwo:qtype", "bind::ciwo:sensitivity", "bind::ciwo:unit", "bind::ciwo:compare"),
    *("bind::ciwo:key", "bind::ciwo:show_if", "bind::ciwo:extra", "bind::ciwo:topics"),
)
EXTRA = (*documents.LIMITS, "terms", "exclusive", "better")


def workbook(document: Object) -> bytes:
    """Return the workbook of a ciwo-instrument/1 document; every text is stored as a text."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"in_memory": True, "strings_to_formulas": False})
    for title, columns, rows in sheets(document):
        sheet = book.add_worksheet(title)
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name)
        for down, row in enumerate(rows, start=1):
            for at, name in enumerate(columns):
                if row.get(name):
                    sheet.write_string(down, at, row[name])
    book.close()
    return whole.getvalue()


def fault(content: bytes) -> str:
    """Return why other tools would not take this workbook; nothing when they do."""
    try:
        convert(io.BytesIO(content), validate=False, file_type=".xlsx")
    except PyXFormError as refusal:
        return str(refusal)
    return ""


def sheets(document: Object) -> list[tuple[str, tuple[str, ...], list[dict[str, str]]]]:
    """Return the sheets: each a title, its columns and its rows."""
    form = _Form(document)
    survey = list(form.rows())
    settings = {
        "form_title": document["title"],
        "form_id": form_name(document["id"]),
        "version": document["version"],
        "default_language": "English (en)",
        "style": "pages",
        "namespaces": f'ciwo="{NAMESPACE}"',
    }
    meta = [{"key": "schema", "value": documents.SCHEMA}, {"key": "id", "value": document["id"]}]
    return [
        ("survey", COLUMNS, survey),
        ("choices", ("list_name", "name", "label"), form.choices()),
        ("settings", tuple(settings), [settings]),
        ("ciwo_definitions", ("id", "term", "text"), document.get("definitions", [])),
        ("ciwo_meta", ("key", "value"), meta),
    ]


def form_name(key: str) -> str:
    """Return a key as XLSForm allows names: it begins with a letter and has no hyphen."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", key)
    return name if name[0].isalpha() or name[0] == "_" else f"q_{name}"


def suffix(question: Object) -> str:
    """Return how the label names the unit, which has no place of its own in XLSForm."""
    fixed = {Type.PERCENTAGE: "%", Type.CURRENCY: "US dollars"}
    unit = fixed.get(question["type"]) or question.get("unit", "")
    return f" ({unit})" if unit else ""


def plain(text: str) -> str:
    """Keep a text from being read as a reference to a question."""
    return text.replace("${", "$\u200b{")


class _Form:
    """The rows of one instrument, each name once."""

    def __init__(self, document: Object) -> None:
        self.document = document
        self.lists: Object = dict(document.get("lists", {}))
        self.terms = {d["id"]: d for d in document.get("definitions", [])}
        self.asked = {q["id"]: q for s in document["sections"] for q in s["questions"]}
        self.names: dict[str, str] = {}
        for key in self.asked:  # first, so that questions keep their own names
            self._name(key, form_name(key))

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield the rows of the sheet "survey"."""
        for name in ("introduction", "public_records_note"):
            if self.document.get(name):
                note = plain(self.document[name])
                yield {"type": "note", "name": self._name(f"/{name}", name), "label": note}
        for section in self.document["sections"]:
            name = self._name(f"/section/{section['id']}", SECTION + form_name(section["id"]))
            yield {"type": "begin_group", "name": name, "label": plain(section["title"])} | {
                "bind::ciwo:key": section["id"],
                "bind::ciwo:topics": " ".join(section.get("topics", [])),
            }
            if section.get("description"):
                about = self._name(f"/about/{section['id']}", ABOUT + form_name(section["id"]))
                yield {"type": "note", "name": about, "label": plain(section["description"])}
            for question in section["questions"]:
                yield from self._question(question)
            yield {"type": "end_group"}

    def choices(self) -> list[dict[str, str]]:
        """Return the rows of the sheet "choices", after rows() has named the lists."""
        return [
            {"list_name": name, "name": one["value"], "label": plain(one["label"])}
            for name, listed in self.lists.items()
            for one in listed
        ]

    def _question(self, question: Object) -> Iterator[dict[str, str]]:
        row = self._said(question)
        relevant = row.get("relevant", "")
        if question["type"] == Type.MATRIX:
            yield row | {"type": "begin_group"}
            for one in question["rows"]:
                name = self._name(
                    f"{question['id']}/{one['value']}", f"{row['name']}_{form_name(one['value'])}"
                )
                must = {"required": "yes"} if question.get("required") else {}
                yield {
                    "type": f"select_one {self._list(question)}",
                    "name": name,
                    "label": plain(one["label"]),
                    "bind::ciwo:key": one["value"],
                } | must
            yield {"type": "end_group"}
            return
        yield row | {"type": self._type(question)}
        if self._may_give_reason(question):
            yield {
                "type": f"select_one {writing.REASONS}",
                "name": self._reason(question),
                "label": "If you cannot give a figure, say why:",
                "relevant": relevant,
                "constraint": f"${{{row['name']}}} = ''",
                "constraint_message": "Give a figure or a reason, not both.",
                "appearance": "minimal",
                "bind::ciwo:qtype": "not_reported",
            }

    def _said(self, question: Object) -> dict[str, str]:
        extra = {n: question[n] for n in EXTRA if n in question}
        if question.get("allow_not_reported") and not self._may_give_reason(question):
            extra["allow_not_reported"] = True
        if question.get("required") and question["type"] == Type.MATRIX:
            extra["required"] = True
        row = {
            "name": self.names[question["id"]],
            "label": plain(question["label"] + suffix(question)),
            "hint": plain(question.get("help", "")),
            "guidance_hint": plain(self._explained(question)),
            "appearance": LOOKS.get(question["type"], ""),
            "bind::ciwo:qtype": question["type"],
            "bind::ciwo:sensitivity": question["sensitivity"],
            "bind::ciwo:unit": question.get("unit", ""),
            "bind::ciwo:compare": question.get("compare", ""),
            "bind::ciwo:key": question["id"],
        }
        if question.get("show_if"):
            row["relevant"] = relevance.written(question["show_if"], self.asked, self._known)
            row["bind::ciwo:show_if"] = json.dumps(question["show_if"])
        row |= self._must(question) | constraint(question)
        if extra:
            row["bind::ciwo:extra"] = json.dumps(extra)
        return row

    def _must(self, question: Object) -> dict[str, str]:
        if not question.get("required") or question["type"] == Type.MATRIX:
            return {}
        may_not = self._may_give_reason(question)
        must = f"${{{self._reason(question)}}} = ''" if may_not else "yes"
        return {"required": must, "required_message": "Please answer this question."}

    def _type(self, question: Object) -> str:
        kind = TYPES.get(question["type"])
        if kind is None:
            kind = "decimal" if question.get("decimals") else "integer"
        return f"{kind} {self._list(question)}" if question["type"] in documents.CHOOSING else kind

    def _list(self, question: Object) -> str:
        """Return the name of the list that a question takes its choices from."""
        if "options" not in question:
            return documents.list_of(question)
        name = self.names[question["id"]]
        while name in self.lists and self.lists[name] is not question["options"]:
            name += "_"
        self.lists[name] = question["options"]
        return name

    def _may_give_reason(self, question: Object) -> bool:
        return bool(question.get("allow_not_reported") and writing.REASONS in self.lists)

    def _reason(self, question: Object) -> str:
        return self._name(f"{question['id']}/", self.names[question["id"]] + WHY_NOT)

    def _explained(self, question: Object) -> str:
        terms = [self.terms[one] for one in question.get("terms", [])]
        return "\n".join(f"{one['term']}: {one['text']}" for one in terms)

    def _known(self, what: str) -> str:
        key, is_part, part = what.partition("/")
        wanted = self.names[key]
        if is_part:
            wanted = f"{wanted}_{form_name(part)}" if part else wanted + WHY_NOT
        return self._name(what, wanted)

    def _name(self, what: str, wanted: str) -> str:
        """Return the form's name of something, made once and never the same for two."""
        if what not in self.names:
            taken = {name.lower() for name in self.names.values()}
            while wanted.lower() in taken:
                wanted += "_"
            self.names[what] = wanted
        return self.names[what]


def constraint(question: Object) -> dict[str, str]:
    """Say which answers can be, as far as XLSForm can."""
    alone = question.get("exclusive", [])
    tests = [f"not(selected(., '{one}') and count-selected(.) > 1)" for one in alone]
    if least := question.get("min_selected"):
        tests.append(f"count-selected(.) >= {least}")
    if most := question.get("max_length"):
        tests.append(f"string-length(.) <= {most}")
    for name, sign in (("min", ">="), ("max", "<=")):
        if name in question:
            tests.append(f". {sign} {_end(question[name])}")
    if not tests:
        return {}
    return {"constraint": " and ".join(tests), "constraint_message": _wanted(question)}


def _end(end: Any) -> str:
    if end == "today":
        return "today()"
    return f"date('{end}')" if isinstance(end, str) else str(end)


def _wanted(question: Object) -> str:
    if question.get("exclusive"):
        return "One of these choices cannot be combined with another."
    if "max_length" in question:
        return f"Use at most {question['max_length']} characters."
    if "min_selected" in question:
        return f"Choose at least {question['min_selected']}."
    ends = [f"from {question['min']}"] if "min" in question else []
    ends += [f"to {question['max']}"] if "max" in question else []
    return f"Enter an answer {' '.join(ends)}."
