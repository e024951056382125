"""Read a survey in SurveyJS's JSON as far as it is known; what is not is listed by its place."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys import building, documents, importing, relevance, workbooks
from surveys.importing import Draft
from surveys.models import Question
from surveys.workbooks import Unreadable, words

Object = dict[str, Any]
Type = Question.Type
MOST_BYTES = 5 * 1024 * 1024
MOST_DEEP = 10
MOST_SAID = 1_000  # characters of a condition
MOST_CHOICES = 500
TYPES = {
    "radiogroup": Type.SINGLE_CHOICE,
    "dropdown": Type.SINGLE_CHOICE,
    "buttongroup": Type.SINGLE_CHOICE,
    "checkbox": Type.MULTIPLE_CHOICE,
    "tagbox": Type.MULTIPLE_CHOICE,
    "ranking": Type.RANKING,
    "rating": Type.SCALE,
    "boolean": Type.SINGLE_CHOICE,
    "text": Type.SHORT_TEXT,
    "comment": Type.LONG_TEXT,
    "matrix": Type.MATRIX,
    "file": Type.FILE,
}
INPUTS = {"number": Type.NUMBER, "range": Type.NUMBER, "date": Type.DATE}
# What is read, and what only says how it looks.
KNOWN = {
    *("type", "name", "title", "description", "isRequired", "visibleIf", "inputType", "choices"),
    *(
        "columns",
        "rows",
        "rateMin",
        "rateMax",
        "rateValues",
        "labelTrue",
        "labelFalse",
        "min",
        "max",
    ),
    *("showNoneItem", "hasNone", "noneText", "showOtherItem", "hasOther", "otherText", "maxLength"),
    *("maxSelectedChoices", "minSelectedChoices", "maxSize", "acceptedTypes", "allowMultiple"),
    *(
        "colCount",
        "titleLocation",
        "startWithNewLine",
        "placeholder",
        "width",
        "minWidth",
        "indent",
    ),
    *("maxWidth", "hideNumber", "cellType", "rateType", "displayMode", "autoGrow", "size"),
}
SIGNS = {"notempty": "!= ''", "anyof": "anyof", "contains": "contains", "equal": "=", "<>": "!="}


def read(content: bytes) -> Draft:
    """Return the instrument of a JSON text, sound, with remarks. Raises workbooks.Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Take out what is not the survey."))
    try:
        survey = workbooks.from_json(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        text = _("This is not a JSON text, or a number in it is none. Save the survey again.")
        raise Unreadable(text) from fault
    if not isinstance(survey, dict) or not isinstance(_pages(survey), list):
        raise Unreadable(_("This JSON text is no survey: it has no “pages” and no “elements”."))
    draft = importing.mend(_Reader(survey).draft())
    if not draft.questions:
        raise Unreadable(_("This survey has no question that the portal knows."))
    return draft


def _pages(survey: Object) -> Any:
    if "pages" in survey:
        return survey["pages"]
    elements = survey.get("elements", survey.get("questions"))
    return None if elements is None else [{"elements": elements}]


def text(value: Any) -> str:
    """Return a text, of one that is there in several languages the first."""
    if isinstance(value, dict):
        value = value.get("en") or value.get("default") or next(iter(value.values()), "")
    return words(str(value)) if isinstance(value, str | int | float) else ""


class _Reader:
    def __init__(self, survey: Object) -> None:
        self.survey = survey
        title = text(survey.get("title"))[:200] or _("Imported survey")
        document: Object = {
            "schema": documents.SCHEMA,
            "id": building.free_key(title, set(), "-"),
            "version": "1",
            "title": title,
            "sections": [],
        }
        if about := text(survey.get("description")):
            document["introduction"] = about[:5000]
        self.result = Draft(document)
        self.known: dict[str, Object] = {}  # by their name there, which may be a whole sentence
        self.aliases: dict[str, dict[str, str]] = {}  # our values by theirs
        self.taken: set[str] = set()

    def draft(self) -> Draft:
        """Return everything that was read."""
        for name in ("triggers", "calculatedValues"):
            if self.survey.get(name):
                self.result.remark(name, _("“%(name)s” are not known here.") % {"name": name})
        sections: list[Object] = self.result.document["sections"]
        for number, page in enumerate(_pages(self.survey), start=1):
            if not isinstance(page, dict):
                continue
            title = text(page.get("title")) or _("Page %(number)d") % {"number": number}
            taken = {one["id"] for one in sections}
            made: Object = {
                "id": building.free_key(title, taken), "title": title[:200], "questions": []
            }  # fmt: skip
            if about := text(page.get("description")):
                made["description"] = about[:2000]
            sections.append(made)
            around = _conditions(page)
            for element, more in self._elements(page, around, 0):
                self._ask(element, more, made)
        return self.result

    def _elements(
        self, holder: Object, around: list[str], depth: int
    ) -> Iterator[tuple[Object, list[str]]]:
        listed = holder.get("elements", holder.get("questions", []))
        for element in listed if isinstance(listed, list) else []:
            if not isinstance(element, dict):
                continue
            if element.get("type") == "panel" and depth < MOST_DEEP:
                yield from self._elements(element, around + _conditions(element), depth + 1)
            else:
                yield element, around + _conditions(element)

    def _ask(self, element: Object, around: list[str], section: Object) -> None:
        kind, name = str(element.get("type")), str(element.get("name", ""))
        label = text(element.get("title")) or words(name)
        importing.make_room(self.result)
        if kind not in TYPES:
            known = _("“%(kind)s” is not known here.") % {"kind": kind[:60]}
            self.result.remark(label[:80] or kind, known)
            return
        found = TYPES[kind]
        if kind == "text":
            found = INPUTS.get(str(element.get("inputType", "text")), Type.SHORT_TEXT)
        key = building.free_key(name if re.fullmatch(r"\w{1,40}", name) else label, self.taken)
        self.taken.add(key)
        question: Object = {"id": key, "type": found.value, "label": label[:500]}
        question |= {"sensitivity": "members"}
        if about := text(element.get("description")):
            question["help"] = about[:2000]
        if element.get("isRequired") is True:
            question["required"] = True
        question |= self._choices(element, found, name) | self._limits(label, element, found)
        self._list_what_is_left_out(label, element)
        self._condition(label, question, around)
        self.known[name] = question
        self.result.places[key] = label[:80]
        section["questions"].append(question)

    def _choices(self, element: Object, found: str, name: str) -> Object:
        if found not in documents.CHOOSING:
            return {}
        listed = _items(element, found)
        options, ours, alone = _listed(listed)
        place = (text(element.get("title")) or words(name))[:80]
        if isinstance(listed, list) and len(options) < len(listed):
            self.result.remark(place, _("Choices without a name or text are left out."))
        if element.get("showOtherItem", element.get("hasOther")) is True:
            label = text(element.get("otherText")) or _("Other")
            ours["other"] = building.free_key("other", set(ours.values()))
            options.append({"value": ours["other"], "label": label[:300]})
            remark = _("“%(label)s” is a choice; add a question for the text that goes with it.")
            self.result.remark(place, remark % {"label": label[:80]})
        if element.get("showNoneItem", element.get("hasNone")) is True:
            options.append({"value": "none", "label": text(element.get("noneText")) or _("None")})
            ours["none"] = "none"
            alone.append("none")
        self.aliases[name] = ours
        said: Object = {"options": options}
        if found == Type.MATRIX:
            said["rows"] = _listed(element.get("rows"))[0]
        return said | ({"exclusive": alone} if alone and found == Type.MULTIPLE_CHOICE else {})

    def _limits(self, label: str, element: Object, found: str) -> Object:
        """Return what answers are held to; what cannot be said here is listed."""
        said = _limits(element, found)
        for name in ("min", "max"):
            end = said.get(name)
            is_number = isinstance(end, int | float) and abs(end) < documents.MOST
            fits = documents.is_day(end) if found == Type.DATE else is_number
            if name in said and not fits:
                del said[name]
                remark = _("“%(name)s” is not known here: %(said)s")
                self.result.remark(label[:80], remark % {"name": name, "said": str(end)[:60]})
        return said

    def _list_what_is_left_out(self, label: str, element: Object) -> None:
        """List what the element says and nothing here takes: defaults, validators and the like."""
        left = [n for n, v in element.items() if n not in KNOWN and v not in (None, False, "", [])]
        if left:
            remark = _("Left out: %(names)s.")
            self.result.remark(label[:80], remark % {"names": ", ".join(left)[:300]})

    def _condition(self, label: str, question: Object, around: list[str]) -> None:
        found: list[Object] = []
        try:
            for expression in around:
                found += self._read(expression)
        except relevance.NotUnderstood:
            said = _("The condition is not known here, so the question is always asked: %(said)s")
            self.result.remark(label[:80], said % {"said": " and ".join(around)[:300]})
            return
        if found:
            question["show_if"] = {"all": found}

    def _read(self, expression: str) -> list[Object]:
        """Read `{a} = 'x' and {b} contains 'y'`; anything else is not understood."""
        if len(expression) > MOST_SAID:
            raise relevance.NotUnderstood
        found: list[Object] = []
        for part in re.split(r"\s+(?:and|&&)\s+", expression.strip()):
            match = re.fullmatch(
                r"\{([^{}]+)\}\s*(notempty|contains|anyof|>=|<=|<>|!=|=|>|<)\s*(.*)", part.strip()
            )
            if match is None or match[1] not in self.known:
                raise relevance.NotUnderstood
            found.append(self._one(match[1], match[2], match[3].strip()))
        return found

    def _one(self, name: str, sign: str, said: str) -> Object:
        question = self.known[name]
        if sign == "notempty" and not said:
            return {"question": question["id"], "operator": "answered"}
        if sign == "anyof":
            if not re.fullmatch(r"\[[^\[\]]*\]", said):
                raise relevance.NotUnderstood
            values = [self._value(name, one.strip()) for one in said[1:-1].split(",")]
            return {"question": question["id"], "operator": "any_of", "value": values}
        takes_several = question["type"] in relevance.SEVERAL
        if sign == "contains" and not takes_several:
            raise relevance.NotUnderstood
        operator = "includes" if sign == "contains" else relevance.OPERATORS[SIGNS.get(sign, sign)]
        value = self._value(name, said)
        return {"question": question["id"], "operator": operator, "value": value}

    def _value(self, name: str, said: str) -> Any:
        match = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"|(-?\d+(?:\.\d+)?|true|false)", said)
        if match is None:
            raise relevance.NotUnderstood
        raw = next(part for part in match.groups() if part is not None)
        if self.known[name]["type"] in documents.NUMERIC:
            return relevance.number(raw)
        return self.aliases.get(name, {}).get(raw, raw)


def _conditions(holder: Object) -> list[str]:
    said = holder.get("visibleIf")
    return [said] if isinstance(said, str) and said.strip() else []


def _items(element: Object, found: str) -> Any:
    """Return the choices as the element says them."""
    if element["type"] == "boolean":
        yes, no = element.get("labelTrue", _("Yes")), element.get("labelFalse", _("No"))
        return [{"value": "true", "text": yes}, {"value": "false", "text": no}]
    if element["type"] == "rating" and not element.get("rateValues"):
        least, most = element.get("rateMin", 1), element.get("rateMax", 5)
        whole = isinstance(least, int) and isinstance(most, int) and most - least < 50
        return list(range(least, most + 1)) if whole else []
    if element["type"] == "rating":
        return element["rateValues"]
    return element.get("columns" if found == Type.MATRIX else "choices")


def _listed(given: Any) -> tuple[list[Object], dict[str, str], list[str]]:
    """Return choices, our values by theirs, and the values that stand alone."""
    options: list[Object] = []
    ours: dict[str, str] = {}
    alone: list[str] = []
    for one in given[:MOST_CHOICES] if isinstance(given, list) else []:
        item = one if isinstance(one, dict) else {"value": one}
        value = item.get("value", "")
        theirs = str(value) if isinstance(value, str | int | float) else ""
        label = text(item.get("text")) or words(theirs)
        if not label:
            continue
        is_short = re.fullmatch(r"[A-Za-z0-9_-]{1,40}", theirs) and theirs not in ours.values()
        ours[theirs] = theirs if is_short else building.free_key(label, set(ours.values()))
        options.append({"value": ours[theirs], "label": label[:300]})
        if item.get("isExclusive") is True:
            alone.append(ours[theirs])
    return options, ours, alone


def _limits(element: Object, found: str) -> Object:
    """Return what answers are held to."""
    wanted = {
        "max_length": ("maxLength", (Type.SHORT_TEXT, Type.LONG_TEXT)),
        "max_ranked": ("maxSelectedChoices", (Type.RANKING,)),
        "min_selected": ("minSelectedChoices", (Type.MULTIPLE_CHOICE,)),
        "min": ("min", (Type.NUMBER, Type.DATE)),
        "max": ("max", (Type.NUMBER, Type.DATE)),
    }
    said = {
        ours: element[theirs]
        for ours, (theirs, types) in wanted.items()
        if found in types and isinstance(element.get(theirs), int | float | str)
    }
    said = {n: v for n, v in said.items() if n in ("min", "max") or (isinstance(v, int) and v > 0)}
    if found == Type.FILE:
        size, kinds = element.get("maxSize"), str(element.get("acceptedTypes", ""))
        endings = [k.strip().lower() for k in kinds.split(",") if k.strip().startswith(".")]
        said |= {"accept": endings} if endings else {}
        if isinstance(size, int) and size > 0:  # in bytes there
            said["max_mb"] = max(1, size // (1024 * 1024))
        said["max_files"] = 20 if element.get("allowMultiple") is True else 1
    return said
