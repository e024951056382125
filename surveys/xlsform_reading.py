"""Read an XLSForm workbook as far as it is known; what is not is listed by row."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys import (
    building,
    documents,
    importing,
    relevance,
    workbooks,
    writing,
    xlsform,
    xlsform_choices,
    xlsform_limits,
    xlsform_losses,
    xlsform_words,
)
from surveys.importing import Draft
from surveys.models import Question
from surveys.workbooks import Row, Unreadable, words

Object = dict[str, Any]
Type = Question.Type


def read(content: bytes) -> Draft:
    """Return the instrument of a workbook, sound, with remarks. Raises workbooks.Unreadable."""
    sheets = workbooks.read(content)
    if "survey" not in sheets or not any(row.get("type") for row in sheets["survey"]):
        raise Unreadable(_("This workbook is no XLSForm: it has no sheet “survey” with questions."))
    draft = importing.mend(_Reader(sheets).draft())
    if not draft.questions:
        raise Unreadable(_("This form has no question that the portal knows."))
    return draft


class _Reader:
    """Walks through the rows of the sheet "survey"."""

    def __init__(self, sheets: dict[str, list[Row]]) -> None:
        settings = next(iter(sheets.get("settings", [])), Row(1, {}))
        given, default = sheets, settings.get("default_language").strip().lower()
        self.sheets = sheets = xlsform_words.in_one_language(given, default)
        meta = {row.get("key"): row.get("value") for row in sheets.get("ciwo_meta", [])}
        title = words(settings.get("form_title", "title"))[:200] or _("Imported survey")
        key = meta.get("id") or settings.get("form_id", "id_string").replace("_", "-")
        document: Object = {
            "schema": documents.SCHEMA,
            "id": xlsform_words.key(key) or building.free_key(title, set(), "-"),
            "version": xlsform_words.version(settings.get("version")),
            "title": title,
            "definitions": list(self._definitions()),
            "lists": {},
            "sections": [],
        }
        self.result = Draft(document, key=meta.get("id", ""))
        for sheet, number, text in xlsform_losses.of(given, default):
            place = _("%(sheet)s, row %(row)d") % {"sheet": sheet, "row": number}
            self.result.remark(place if number else sheet, text)
        self.choices, self.aliases = xlsform_choices.read(sheets.get("choices", []), self.result)
        self.known: dict[str, Object] = {}  # the questions by the form's names
        self.named: dict[str, dict[str, str]] = {}  # by question: our names of choices by theirs
        self.parts: dict[str, str] = {}  # the form's names of rows and of reasons
        self.taken: set[str] = set()
        self.groups: list[tuple[str, str]] = []  # (kind, relevant) of the groups that are open
        self.table: Object | None = None
        self.has_grid = False  # the table is one of rows that look like a grid, in no group
        self.last: Object | None = None

    def draft(self) -> Draft:
        """Return everything that was read."""
        rows = iter(self.sheets["survey"])
        for row in rows:
            kind = row.get("type").lower()
            if not kind or kind in xlsform_words.SILENT:
                continue
            if xlsform_words.REPEAT.match(kind):
                self._skip_repeat(row, rows)
            else:
                self._take(kind, row)
        document = self.result.document
        if writing.REASONS in document["lists"]:
            document["not_reported"] = {"list": writing.REASONS}
        for name in ("definitions", "lists"):
            if not document[name]:
                del document[name]
        return self.result

    def _take(self, kind: str, row: Row) -> None:
        if self.has_grid and not xlsform_words.is_of_grid(row):
            self.table, self.has_grid = None, False
        if xlsform_words.BEGIN.match(kind):
            self._begin(row)
        elif xlsform_words.END.match(kind):
            self._end()
        elif kind == "note":
            self._note(row)
        else:
            self._ask(row)

    def _definitions(self) -> Iterator[Object]:
        for row in self.sheets.get("ciwo_definitions", []):
            term = {name: words(row.get(name)) for name in ("id", "term", "text")}
            if all(term.values()):
                yield term

    def _section(self, row: Row | None, title: str = "") -> Object:
        """Return the section that questions go to now, or begin one."""
        sections: list[Object] = self.result.document["sections"]
        if row is None and sections:
            return sections[-1]
        wanted = row.get("bind::ciwo:key") if row else ""
        taken = {section["id"] for section in sections}
        title = title or self.result.document["title"]
        made: Object = {
            "id": wanted if wanted and wanted not in taken else building.free_key(title, taken),
            "title": self._fitted(row, title, 200),
            "questions": [],
        }
        made |= xlsform_words.topics(row.get("bind::ciwo:topics") if row else "")
        sections.append(made)
        return made

    def _begin(self, row: Row) -> None:
        label, relevant = (
            words(xlsform_words.visible(row.get(*xlsform_words.LABEL))),
            row.get("relevant"),
        )
        if "table-list" in row.get("appearance") or row.get("bind::ciwo:qtype") == Type.MATRIX:
            self.groups.append(("table", relevant))
            self.table = self._question(row, Type.MATRIX, label) | {"rows": []}
            self._condition(row, self.table, relevant)
            self._keep(row, self.table)
            return
        if any(kind == "section" for kind, _said in self.groups):
            self._remark(row, _("A group inside a group: its questions join the section."))
            self.groups.append(("inner", relevant))
            return
        self.groups.append(("section", relevant))
        self._section(row, label or words(row.get("name")).replace("_", " ").capitalize())

    def _end(self) -> None:
        if self.groups and self.groups.pop()[0] == "table":
            self.table = None

    def _skip_repeat(self, row: Row, rows: Iterator[Row]) -> None:
        """Leave a repeat out with all that stands in it."""
        self._remark(row, _("A repeated group is not known here: it is left out whole."))
        depth = 1
        while depth and (inner := next(rows, None)):
            match = xlsform_words.REPEAT.match(inner.get("type").lower())
            depth += {"begin": 1, "end": -1}[match[1]] if match else 0

    def _note(self, row: Row) -> None:
        text, name = words(xlsform_words.visible(row.get(*xlsform_words.LABEL))), row.get("name")
        document = self.result.document
        if name in ("introduction", "public_records_note") and not document["sections"]:
            document[name] = self._fitted(row, text, 5000)
        elif self.groups and document["sections"] and not document["sections"][-1]["questions"]:
            section = document["sections"][-1]
            both = "\n\n".join(filter(None, [section.get("description"), text]))
            section["description"] = self._fitted(row, both, 2000)
        elif not document["sections"] and "introduction" not in document:
            document["introduction"] = self._fitted(row, text, 5000)
        else:
            said = _("A note between questions is left out: %(text)s")
            self._remark(row, said % {"text": text})

    def _ask(self, row: Row) -> None:
        kind, _sep, rest = row.get("type").partition(" ")
        kind = kind.lower()
        name = rest.strip().removesuffix(" or_other").strip()
        if kind in xlsform_words.LISTED and row.get("bind::ciwo:qtype") == "not_reported":
            self._allow_reason(row, name)
        elif self.table is not None or xlsform_words.is_of_grid(row):
            self._table_row(row, kind, name)
        elif kind in xlsform_words.LISTED and name in self.choices:
            self._ask_choice(row, kind, name)
        elif kind in xlsform_words.LISTED:
            self._remark(row, _("There is no list “%(name)s” of choices.") % {"name": name})
        elif kind in xlsform_words.SIMPLE:
            question = self._question(row, self._kind(row, xlsform_words.SIMPLE[kind]))
            if kind == "decimal" and "bind::ciwo:extra" not in row.cells:
                question["decimals"] = 2
            self._finish(row, question)
        else:
            text = _("Questions of the type “%(kind)s” are not known here.")
            self._remark(row, text % {"kind": row.get("type")[:60]})

    def _ask_choice(self, row: Row, kind: str, name: str) -> None:
        found = xlsform_words.LISTED[kind]
        if "likert" in row.get("appearance") and found == Type.SINGLE_CHOICE:
            found = Type.SCALE
        question = self._question(row, self._kind(row, found))
        self._list(row.get("name"), question, name)
        if row.get("type").endswith(" or_other"):
            self._finish(row, self._with_other(question))
            self._ask_other(row, question)
        else:
            self._finish(row, question)

    def _with_other(self, question: Object) -> Object:
        """Add the choice "other" to those of this question alone."""
        listed, named = self._listed(question), self.named[question["id"]]
        value = building.free_key("other", {one["value"] for one in listed})
        question.pop("list", None)
        question["options"] = [*listed, {"value": value, "label": _("Other")}]
        self.named[question["id"]] = named | {"other": value}
        return question

    def _ask_other(self, row: Row, question: Object) -> None:
        """Ask for the text that goes with the choice "other", as forms do by themselves."""
        label = _("Other: %(question)s") % {"question": question["label"]}
        asking = Row(row.number, {"name": f"{row.get('name')}_other", "label": label})
        operator = "includes" if question["type"] in relevance.SEVERAL else "equals"
        value = self.named[question["id"]]["other"]
        condition = {"question": question["id"], "operator": operator, "value": value}
        more = self._question(asking, Type.SHORT_TEXT)
        self._keep(asking, more | {"show_if": {"all": [condition]}})

    def _list(self, owner: str, question: Object, name: str) -> None:
        """Give a question its choices: its own, or a list that it shares."""
        self.named[question["id"]] = self.aliases[name]
        own = owner.rstrip("_") == name.rstrip("_")
        if own or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
            question["options"] = self.choices[name]
        else:
            question["list"] = name
            self.result.document["lists"][name] = self.choices[name]

    def _table_row(self, row: Row, kind: str, name: str) -> None:
        listed, look = self.choices.get(name), row.get("appearance").split()
        label = words(xlsform_words.visible(row.get(*xlsform_words.LABEL)))
        if (
            kind not in xlsform_words.LISTED
            or listed is None
            or xlsform_words.LISTED[kind] != Type.SINGLE_CHOICE
        ):
            self._remark(row, _("Only single choices stand in a table; this row is left out."))
            return
        if self.table is None or (self.has_grid and "label" in look):
            self._begin_grid(row, label if "label" in look else None)
        if "label" in look:
            return
        self._list_what_no_row_has(row)
        assert self.table is not None  # noqa: S101 begun above
        if "options" not in self.table and "list" not in self.table:
            owner = next(n for n, question in self.known.items() if question is self.table)
            self._list(owner, self.table, name)
        if self._listed(self.table) != listed:
            self._remark(row, _("All rows of a table have the same choices; this is left out."))
            return
        short = row.get("bind::ciwo:key") or row.get("name").removeprefix(f"{self.table['id']}_")
        if row.get("required").lower() in ("yes", "true", "true()"):
            self.table["required"] = True
        value = xlsform_words.key(short) or row.get("name")
        self.parts[f"{self.table['id']}/{value}"] = row.get("name")
        label = self._fitted(row, label, 300)
        self.table["rows"].append({"value": value, "label": label})

    def _list_what_no_row_has(self, row: Row) -> None:
        for column in xlsform_words.OF_QUESTIONS:
            if row.get(column):
                said = _("The column “%(name)s” is not known in a table.")
                self._remark(row, said % {"name": column})

    def _begin_grid(self, row: Row, label: str | None) -> None:
        """Begin a table of rows that look like a grid; its words stand in a row of their own."""
        title = self._section(None)["title"]
        name = row.get("name") if label is not None else f"{row.get('name')}_grid"
        head = Row(row.number, {"name": name})
        self.table = self._question(head, Type.MATRIX, label or title) | {"rows": []}
        self._condition(row, self.table, row.get("relevant") if label is not None else "")
        self._keep(head, self.table)
        self.has_grid = True

    def _listed(self, question: Object) -> list[Object]:
        own: list[Object] = question.get("options") or self.choices.get(
            question.get("list", ""), []
        )
        return own

    def _allow_reason(self, row: Row, name: str) -> None:
        if self.last is not None and name in self.choices:
            self.last["allow_not_reported"] = True
            self.parts[f"{self.last['id']}/"] = row.get("name")
            self.result.document["lists"][writing.REASONS] = self.choices[name]

    def _kind(self, row: Row, found: str) -> str:
        """Return the portal's type: the one that the file names if it goes with the form's."""
        said = row.get("bind::ciwo:qtype")
        if said in Type.values and (said in documents.CHOOSING) == (found in documents.CHOOSING):
            return said
        is_long = found == Type.SHORT_TEXT and "multiline" in row.get("appearance")
        return Type.LONG_TEXT.value if is_long else str(found)

    def _question(self, row: Row, kind: str, label: str | None = None) -> Object:
        text = (
            words(xlsform_words.visible(row.get(*xlsform_words.LABEL))) if label is None else label
        )
        key = xlsform_words.key(row.get("bind::ciwo:key")) or xlsform_words.key(row.get("name"))
        if not key or key in self.taken:
            key = building.free_key(key or text, self.taken)
        self.taken.add(key)
        said = row.get("bind::ciwo:sensitivity")
        question: Object = {
            "id": key,
            "type": str(kind),
            "label": text,
            "sensitivity": said if said in documents.SHARING else "members",
        }
        plain = {
            "help": xlsform_words.HINT,
            "unit": ("bind::ciwo:unit",),
            "compare": ("bind::ciwo:compare",),
        }
        longest = {"help": 2000, "unit": 40, "compare": 30}
        question |= {
            n: self._fitted(row, words(xlsform_words.visible(t)), longest[n])
            for n, names in plain.items()
            if (t := row.get(*names))
        }
        end = xlsform.suffix(question) if row.get("bind::ciwo:qtype") else ""
        question["label"] = self._fitted(row, text.removesuffix(end) or row.get("name"), 500)
        return question

    def _finish(self, row: Row, question: Object) -> None:
        must = row.get("required")
        if must.lower() in ("yes", "true", "true()") or must.endswith("_nr} = ''"):
            question["required"] = True
        elif must and must.lower() not in ("no", "false", "false()"):
            self._remark(row, _("Required only sometimes: it is taken as optional."))
        limits, remarks = xlsform_limits.read(row, question, self.named.get(question["id"], {}))
        question |= limits
        for text in remarks:
            self._remark(row, text)
        self._condition(row, question, row.get("relevant"))
        self._keep(row, question)

    def _keep(self, row: Row, question: Object) -> None:
        question |= xlsform_limits.of_portal(row) if question["type"] == Type.MATRIX else {}
        self.result.places[question["id"]] = _place(row)
        importing.make_room(self.result)
        self.known[row.get("name")] = question
        self.last = question
        self._section(None)["questions"].append(question)

    def _condition(self, row: Row, question: Object, relevant: str) -> None:
        """Give a question its condition, with those of the groups around it."""
        around = [said for kind, said in self.groups if said and kind != "table"]
        conditions: list[Object] = []
        try:
            for expression in [*around, relevant] if relevant else around:
                conditions += self._read(row, expression)
        except relevance.NotUnderstood:
            text = _("The condition is not known here, so the question is always asked: %(said)s")
            self._remark(row, text % {"said": relevant or "; ".join(around)})
            return
        if conditions:
            question["show_if"] = {"all": conditions}

    def _read(self, row: Row, expression: str) -> list[Object]:
        """Read an expression; ours comes with its conditions beside it."""
        try:
            ours = workbooks.from_json(row.get("bind::ciwo:show_if") or "null")
            if ours and self._written(ours) == expression:
                return list(ours["all"])
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            pass
        return relevance.read(expression, self.known, self.named)

    def _written(self, show_if: Object) -> str:
        by_key = {question["id"]: question for question in self.known.values()}
        names = {question["id"]: name for name, question in self.known.items()}

        def name(what: str) -> str:
            key, is_part, part = what.partition("/")
            tail = f"_{xlsform.form_name(part)}" if part else xlsform.WHY_NOT
            return self.parts.get(what, names[key] + tail) if is_part else names[key]

        return relevance.written(show_if, by_key, name)

    def _fitted(self, row: Row | None, text: str, longest: int) -> str:
        return self.result.fitted(_place(row) if row else "", text, longest)

    def _remark(self, row: Row, text: str) -> None:
        self.result.remark(_place(row), text)


def _place(row: Row) -> str:
    return _("%(sheet)s, row %(row)d") % {"sheet": "survey", "row": row.number}
