"""Read a LimeSurvey file (.lss) as far as it is known; what is not is listed by question."""

import re
from collections import defaultdict
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from surveys import building, documents, importing, limesurvey_losses, relevance
from surveys.importing import Draft
from surveys.models import Question
from surveys.workbooks import Unreadable, words

Object = dict[str, Any]
Rows = list[dict[str, str]]
Type = Question.Type
MOST_BYTES = 10 * 1024 * 1024
MOST_SAID = 1_000  # characters of a condition
TYPES = {
    **dict.fromkeys("L!O", Type.SINGLE_CHOICE),
    **dict.fromkeys("YGX5", Type.SINGLE_CHOICE),
    **dict.fromkeys("MP", Type.MULTIPLE_CHOICE),
    **dict.fromkeys("FHABCE", Type.MATRIX),
    **dict.fromkeys("TU", Type.LONG_TEXT),
    "R": Type.RANKING,
    "N": Type.NUMBER,
    "S": Type.SHORT_TEXT,
    "D": Type.DATE,
    "|": Type.FILE,
}
del TYPES["X"]  # a text to read
_SCALES = {
    "5": [str(n) for n in range(1, 6)],
    "A": [str(n) for n in range(1, 6)],
    "B": [str(n) for n in range(1, 11)],
}
_YES_NO = [{"value": "Y", "label": "Yes"}, {"value": "N", "label": "No"}]
FIXED: dict[str, list[Object]] = {
    **{kind: [{"value": n, "label": n} for n in steps] for kind, steps in _SCALES.items()},
    "Y": _YES_NO,
    "C": [*_YES_NO, {"value": "U", "label": "Uncertain"}],
    "G": [{"value": "F", "label": "Female"}, {"value": "M", "label": "Male"}],
    "E": [
        {"value": "I", "label": "Increase"},
        {"value": "S", "label": "Same"},
        {"value": "D", "label": "Decrease"},
    ],
}
_TEST = re.compile(
    r"\(*\s*(\w+?)(?:\.NAOK)?\s*(==|!=|>=|<=|>|<|eq|ne|gt|ge|lt|le)\s*"
    r"(?:\"([^\"]*)\"|'([^']*)'|(-?[\d.]+))\s*\)*"
)
_OTHER = {"-oth-": "other"}
_SIGNS = {"==": "equals", "eq": "equals", "!=": "not_equals", "ne": "not_equals"} | {
    ">": "gt",
    "gt": "gt",
    ">=": "gte",
    "ge": "gte",
    "<": "lt",
    "lt": "lt",
    "<=": "lte",
    "le": "lte",
}


def read(content: bytes) -> Draft:
    """Return the instrument of a .lss file, sound, with remarks. Raises workbooks.Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 10 MB. Take out what is not the survey."))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        text = _("This is not a LimeSurvey file (.lss). Export the survey again.")
        raise Unreadable(text) from fault
    if root.find("questions/rows/row") is None:
        raise Unreadable(_("This file is no LimeSurvey survey: it has no questions."))
    draft = importing.mend(_Reader(root).draft())
    if not draft.questions:
        raise Unreadable(_("This survey has no question that the portal knows."))
    return draft


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root, self.language = root, limesurvey_losses.language(root)
        self.texts = {  # newer files keep the texts apart, one row a language
            "qid": _by(self._rows("question_l10ns"), "qid"),
            "gid": _by(self._rows("group_l10ns"), "gid"),
            "aid": _by(self._rows("answer_l10ns"), "aid"),
        }
        names = (self._rows("surveys_languagesettings") or [{}])[0]
        title = words(names.get("surveyls_title", "")) or _("Imported survey")
        document: Object = {
            "schema": documents.SCHEMA,
            "id": building.free_key(title[:200], set(), "-"),
            "version": "1",
            "sections": [],
        }
        self.result = Draft(document)
        document["title"] = self.result.fitted(_("survey"), title, 200)
        about = [
            words(names.get(f"surveyls_{name}", "")) for name in ("description", "welcometext")
        ]
        if about := [text for text in about if text]:
            introduction = self.result.fitted(_("survey"), "\n\n".join(about), 5000)
            document["introduction"] = introduction
        self.parts = _grouped(self._rows("subquestions"), "parent_qid")
        self.defaults = self._rows("defaultvalues")
        self.answers = _grouped(self._rows("answers"), "qid")
        self.known: dict[str, Object] = {}  # by their code there
        self.ours: dict[str, dict[str, str]] = {}  # by question: our names of choices by theirs
        self.taken: set[str] = set()

    def draft(self) -> Draft:
        """Return everything that was read."""
        asked = _grouped([r for r in self._rows("questions") if _is_top(r)], "gid")
        for group in _in_order(self._rows("groups"), "group_order"):
            taken = {one["id"] for one in self.result.document["sections"]}
            title = self._text(group, "gid", "group_name") or _("Group")
            title_here = self.result.fitted(title[:80], title, 200)
            made: Object = {"id": building.free_key(title, taken), "title": title_here}
            if about := self._text(group, "gid", "description"):
                made["description"] = self.result.fitted(title[:80], about, 2000)
            made["questions"] = []
            self.result.document["sections"].append(made)
            for row in _in_order(asked.get(group.get("gid", ""), []), "question_order"):
                self._ask(row, group, made)
        for place, said in limesurvey_losses.of(self.root, self.language):
            self.result.remark(place, said)
        return self.result

    def _ask(self, row: dict[str, str], group: dict[str, str], section: Object) -> None:
        kind, code = row.get("type", ""), row.get("title", "")
        label = self._text(row, "qid", "question") or code
        importing.make_room(self.result)
        if kind not in TYPES:
            text = _("Questions of the type “%(kind)s” are not known here.")
            self.result.remark(code, text % {"kind": kind[:10]})
            return
        key = building.free_key(code or label, self.taken)
        self.taken.add(key)
        question: Object = {
            "id": key,
            "type": TYPES[kind].value,
            "label": self.result.fitted(code, label, 500),
        }
        question |= {"sensitivity": "members"}
        if about := self._text(row, "qid", "help"):
            question["help"] = self.result.fitted(code, about, 2000)
        if row.get("mandatory") == "Y":
            question["required"] = True
        question |= self._choices(row, kind)
        self._condition(row, group, question)
        if any(given.get("qid") == row.get("qid") for given in self.defaults):
            self.result.remark(code, _("Left out: %(names)s.") % {"names": _("the default answer")})
        self.known[code] = question
        self.result.places[key] = code
        section["questions"].append(question)

    def _choices(self, row: dict[str, str], kind: str) -> Object:
        found, qid, code = TYPES[kind], row.get("qid", ""), row.get("title", "")
        if found not in documents.CHOOSING:
            return {}
        parts = _in_order(self.parts.get(qid, []), "question_order")
        inner, rows = self._pairs(
            code, [(p.get("title", ""), self._text(p, "qid", "question")) for p in parts]
        )
        answers = _in_order(self.answers.get(qid, []), "sortorder")
        given, choices = self._pairs(
            code, [(a.get("code", ""), self._text(a, "aid", "answer")) for a in answers]
        )
        self.ours[code] = rows if found == Type.MULTIPLE_CHOICE else choices
        if row.get("other") == "Y" and found in (Type.SINGLE_CHOICE, Type.MULTIPLE_CHOICE):
            label = _("Other")
            (inner if found == Type.MULTIPLE_CHOICE else given).append(
                {"value": "other", "label": label}
            )
            remark = _("“%(label)s” is a choice; add a question for the text that goes with it.")
            self.result.remark(row.get("title", ""), remark % {"label": label})
        if found == Type.MULTIPLE_CHOICE:
            return {"options": inner}
        options = FIXED.get(kind, given)
        return {"options": options} | ({"rows": inner} if found == Type.MATRIX else {})

    def _pairs(
        self, code: str, listed: list[tuple[str, str]]
    ) -> tuple[list[Object], dict[str, str]]:
        """Return choices or rows, and our names of them by theirs; new names are listed."""
        named: dict[str, str] = {}
        found = []
        for theirs, label in listed:
            value = re.sub(r"[^A-Za-z0-9_-]+", "_", theirs)[:80].strip("_")
            if not value or value in named.values():
                value = building.free_key(value or label, set(named.values()))
            if value != theirs:
                said = _("“%(theirs)s” is called “%(ours)s” here, in conditions as well.")
                self.result.remark(code, said % {"theirs": theirs[:80], "ours": value})
            named[theirs] = value
            said_here = self.result.fitted(code, label, 300)
            found.append({"value": value, "label": said_here or value})
        return found, named

    def _condition(self, row: dict[str, str], group: dict[str, str], question: Object) -> None:
        said = [group.get("grelevance", ""), row.get("relevance", "")]
        said = [one.strip() for one in said if one.strip() not in ("", "1")]
        found: list[Object] = []
        try:
            for expression in said:
                found += [self._test(part) for part in _parts(expression)]
        except relevance.NotUnderstood:
            text = _("The condition is not known here, so the question is always asked: %(said)s")
            self.result.remark(row.get("title", ""), text % {"said": " and ".join(said)[:300]})
            return
        if found:
            question["show_if"] = {"all": found}

    def _test(self, part: str) -> Object:
        """Read `code.NAOK == "x"`, or for one of several choices `code_part == "Y"`."""
        match = _TEST.fullmatch(part.strip())
        if match is None:
            raise relevance.NotUnderstood
        name, operator = match[1], _SIGNS[match[2]]
        value = next(text for text in match.groups()[2:] if text is not None)
        code, _sep, inner = name.rpartition("_")
        if name not in self.known and code in self.known:
            question = self.known[code]
            if question["type"] != Type.MULTIPLE_CHOICE or (operator, value) != ("equals", "Y"):
                raise relevance.NotUnderstood
            chosen = self.ours.get(code, {}).get(inner, inner)
            return {"question": question["id"], "operator": "includes", "value": chosen}
        if name not in self.known:
            raise relevance.NotUnderstood
        question = self.known[name]
        if value == "" and operator == "not_equals":
            return {"question": question["id"], "operator": "answered"}
        is_number = question["type"] in documents.NUMERIC
        operand = (
            relevance.number(value)
            if is_number
            else _OTHER.get(value, self.ours.get(name, {}).get(value, value))
        )
        return {"question": question["id"], "operator": operator, "value": operand}

    def _text(self, row: dict[str, str], key: str, name: str) -> str:
        apart = self.texts[key].get(row.get(key, ""), {})
        return words(row.get(name) or apart.get(name, ""))

    def _rows(self, table: str) -> Rows:
        """Return a table's rows, those in the survey's language first."""
        rows = limesurvey_losses.rows(self.root, table)
        read, of = self.language, limesurvey_losses.language_of
        return sorted(rows, key=lambda row: of(row, read) != read)


def _parts(expression: str) -> list[str]:
    """Return the tests that a condition is made of. Raises relevance.NotUnderstood."""
    if len(expression) > MOST_SAID:
        raise relevance.NotUnderstood
    return re.split(r"\s+(?:and|&&)\s+", expression)


def _is_top(row: dict[str, str]) -> bool:
    return row.get("parent_qid", "0") in ("", "0")


def _by(rows: Rows, name: str) -> dict[str, dict[str, str]]:
    """Return the rows by a column; of several languages the first stays."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row.get(name, ""), row)
    return found


def _grouped(rows: Rows, name: str) -> dict[str, Rows]:
    """Return the rows by a column, each thing once where it is there in several languages."""
    found: dict[str, Rows] = defaultdict(list)
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        same = tuple(row.get(part, "") for part in (name, "qid", "aid", "code", "scale_id"))
        if same not in seen:
            seen.add(same)
            found[row.get(name, "")].append(row)
    return found


def _in_order(rows: Rows, name: str) -> Rows:
    def place(row: dict[str, str]) -> int:
        text = row.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 9 else 0

    return sorted(rows, key=place)
