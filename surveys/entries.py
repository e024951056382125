"""What each type of question takes: form fields in, an entry out, and back again."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.models import Answer, Choice, Question, SharingLevel

Fields = MultiValueDict[str, str]
MOST = 10**15  # above every budget; the browser still counts such numbers exactly
_NUMBER = re.compile(r"-?((\d{1,60}|\d{1,3}(,\d{3})+)(\.\d+)?|\.\d+)")


@dataclass(frozen=True)
class Entry:
    """What stands in an answer: a value, or a code that says why there is none, or nothing."""

    value: Any = None
    not_reported: str = ""
    sharing: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been answered; zero and "not reported" are answers."""
        return self.not_reported == "" and self.value in (None, "", [], {})


class Invalid(Exception):
    """The input cannot be an answer to the question; the text says what would be."""


def of(answer: Answer | None) -> Entry:
    """Return what an answer says; no answer says nothing."""
    if answer is None:
        return Entry()
    return Entry(answer.value, answer.not_reported, answer.sharing)


def options(question: Question) -> list[Choice]:
    """Return the values to choose from, in order."""
    return _in_order(question, Choice.Axis.OPTION)


def rows(question: Question) -> list[Choice]:
    """Return the rows of a table of choices, in order."""
    return _in_order(question, Choice.Axis.ROW)


def _in_order(question: Question, axis: str) -> list[Choice]:
    chosen = [one for one in question.choices.all() if one.axis == axis]
    return sorted(chosen, key=lambda one: (one.position, one.pk))


def longest(question: Question) -> int:
    """Return how many characters a text may have."""
    most: int = question.limits.get("max_length", 5000)
    return most


def name(question: Question, part: str = "") -> str:
    """Return the name of the form field for the value, or for one row or option of it."""
    return f"value.{question.key}.{part}" if part else f"value.{question.key}"


def belongs(question: Question, name: str) -> bool:
    """Whether a form field of this name says something of the question's answer."""
    part, _, key = name.partition(".")
    return part in ("value", "reason", "sharing") and key.split(".")[0] == question.key


def clean(question: Question, fields: Fields, today: date) -> Entry:
    """Read one question's form fields, or raise Invalid with a text for the person."""
    sharing = fields.get(f"sharing.{question.key}", "") or question.begins_at
    code = fields.get(f"reason.{question.key}", "")
    value = _READERS[question.type](question, fields, today)
    if sharing not in SharingLevel.values:
        raise Invalid(_("Choose who may see this answer."))
    refuse_wider(sharing, question.widest_sharing)
    if not code:
        return Entry(value, "", sharing)
    known = [c["value"] for c in question.survey.not_reported]
    if not question.allows_not_reported or code not in known:
        raise Invalid(_("Choose one of the reasons given."))
    if not Entry(value).is_blank:
        raise Invalid(_("Enter a number, or say why you have none: not both."))
    return Entry(None, code, sharing)


def refuse_wider(sharing: str, widest: str) -> None:
    """Raise Invalid where an answer would be read more widely than its wave allows."""
    if sharing not in SharingLevel.within(widest):
        text = _("In this survey nobody may see more than “%(level)s”. Choose who may see this.")
        raise Invalid(text % {"level": SharingLevel(widest).label})


def fields_of(question: Question, entry: Entry) -> Fields:
    """Return the form fields that say this entry: what clean() reads back without a difference."""
    fields = {f"sharing.{question.key}": [entry.sharing or question.begins_at]}
    if entry.not_reported:
        fields[f"reason.{question.key}"] = [entry.not_reported]
    elif not entry.is_blank:
        fields |= _value_fields(question, entry.value)
    return Fields(fields)


def _value_fields(question: Question, value: Any) -> dict[str, list[str]]:
    if question.type == Question.Type.MATRIX:
        return {name(question, row): [choice] for row, choice in value.items()}
    if question.type == Question.Type.RANKING:
        return {name(question, key): [str(n)] for n, key in enumerate(value, start=1)}
    if question.type == Question.Type.MULTIPLE_CHOICE:
        return {name(question): value}
    if question.type == Question.Type.FILE:
        return {name(question): [given["file"] for given in value]}
    return {name(question): [str(value)]}


def _read_choice(question: Question, fields: Fields, today: date) -> str | None:
    given = fields.get(name(question), "")
    if given and given not in [c.value for c in options(question)]:
        raise Invalid(_("Choose one of the answers given."))
    return given or None


def _read_choices(question: Question, fields: Fields, today: date) -> list[str] | None:
    given = set(fields.getlist(name(question))) - {""}
    known = options(question)
    if given - {c.value for c in known}:
        raise Invalid(_("Choose among the answers given."))
    for alone in (c for c in known if c.is_exclusive and c.value in given and len(given) > 1):
        raise Invalid(_("“%(label)s” cannot be combined with others.") % {"label": alone.label})
    return [c.value for c in known if c.value in given] or None


def _read_matrix(question: Question, fields: Fields, today: date) -> dict[str, str] | None:
    known = [c.value for c in options(question)]
    given = {r.value: fields.get(name(question, r.value), "") for r in rows(question)}
    if set(given.values()) - {*known, ""}:
        raise Invalid(_("Choose among the answers given."))
    return {row: value for row, value in given.items() if value} or None


def _read_ranking(question: Question, fields: Fields, today: date) -> list[str] | None:
    known = options(question)
    most = question.limits.get("max_ranked", len(known))
    ranks = {c.value: fields.get(name(question, c.value), "") for c in known}
    ranks = {value: rank for value, rank in ranks.items() if rank}
    if set(ranks.values()) - {str(n) for n in range(1, len(known) + 1)}:
        raise Invalid(_("Use the numbers given."))
    if len(set(ranks.values())) < len(ranks):
        raise Invalid(_("Give each number only once."))
    if len(ranks) > most:
        raise Invalid(_("Rank at most %(most)d; leave out the rest.") % {"most": most})
    return sorted(ranks, key=lambda value: int(ranks[value])) or None


def _read_number(question: Question, fields: Fields, today: date) -> int | float | None:
    raw = fields.get(name(question), "").strip()
    text = _bare(question, raw)
    if not text:
        return None
    least, most = question.limits.get("min", 0), question.limits.get("max", MOST)
    decimals = question.limits.get("decimals", 0)
    if not _NUMBER.fullmatch(text):
        wanted = _("Use digits only, with a point before decimals.")
        wanted = wanted if decimals else _("Use digits only, without words.")
        raise Invalid(f"{wanted} {_range_text(least, most, raw)}")
    number = float(text.replace(",", ""))
    if not least <= number <= most:
        raise Invalid(_range_text(least, most, raw))
    if question.type == Question.Type.PERCENTAGE and 0 < number < 1 and not decimals:
        wanted = _("Enter percent: if you mean %(meant)s percent, %(meant)s.")
        raise Invalid(f"{wanted % {'meant': f'{number * 100:g}'}} {_entered(raw)}")
    return _rounded(number, decimals, raw)


def _bare(question: Question, raw: str) -> str:
    """Return a number without spaces, of whatever width, and without the sign of what it counts."""
    text = "".join(raw.split())
    if question.type == Question.Type.CURRENCY:
        return text.removeprefix("$")
    is_share = question.type == Question.Type.PERCENTAGE or "%" in question.unit
    return text.removesuffix("%") if is_share else text


def _rounded(number: float, decimals: int, raw: str) -> int | float:
    if round(number, decimals) != number:
        if decimals:
            wanted = ngettext(
                "Use at most %(n)d decimal place.", "Use at most %(n)d decimal places.", decimals
            ) % {"n": decimals}
        else:
            wanted = _("Enter a whole number.")
        raise Invalid(f"{wanted} {_entered(raw)}")
    return number if decimals and not number.is_integer() else int(number)


def _range_text(least: float, most: float, raw: str) -> str:
    if most >= MOST:
        wanted = _("Enter a number, %(least)s or more, such as 1,250.") % {"least": f"{least:,}"}
    else:
        ends = {"least": f"{least:,}", "most": f"{most:,}"}
        wanted = _("Enter a number from %(least)s to %(most)s.") % ends
    return f"{wanted} {_entered(raw)}"


def _entered(raw: str) -> str:
    return _("You entered “%(raw)s”.") % {"raw": raw[:60]}


def _read_year(question: Question, fields: Fields, today: date) -> int | None:
    raw = fields.get(name(question), "").strip()
    least, most = question.limits.get("min", 1900), question.limits.get("max", 2100)
    if not raw:
        return None
    if not re.fullmatch(r"\d{4}", raw) or not least <= int(raw) <= most:
        ends = {"least": least, "most": most}
        wanted = _("Enter a year from %(least)d to %(most)d.") % ends
        raise Invalid(f"{wanted} {_entered(raw)}")
    return int(raw)


def _read_date(question: Question, fields: Fields, today: date) -> str | None:
    raw = fields.get(name(question), "").strip()
    if not raw:
        return None
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        wanted = _("Enter a day as year-month-day, such as 2026-03-31.")
        raise Invalid(f"{wanted} {_entered(raw)}") from None
    for end, is_outside in (("min", day.__lt__), ("max", day.__gt__)):
        limit = question.limits.get(end)
        bound = today if limit == "today" else date.fromisoformat(limit) if limit else day
        if is_outside(bound):
            way = _("on or after") if end == "min" else _("on or before")
            said = date_format(bound, "F j, Y")
            raise Invalid(_("Enter a day %(way)s %(bound)s.") % {"way": way, "bound": said})
    return day.isoformat()


def _read_text(question: Question, fields: Fields, today: date) -> str | None:
    text = fields.get(name(question), "").replace("\r\n", "\n").replace("\r", "\n").strip()
    most = longest(question)
    if len(text) > most:
        sizes = {"most": most, "size": len(text)}
        raise Invalid(_("Use at most %(most)d characters; these are %(size)d.") % sizes)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc") or None


def _read_files(question: Question, fields: Fields, today: date) -> None:
    """Files are stored first, by attaching; a form alone cannot name any."""


WITHOUT_CHOICES = (
    Question.Type.NUMBER,
    Question.Type.PERCENTAGE,
    Question.Type.CURRENCY,
    Question.Type.YEAR,
    Question.Type.DATE,
    Question.Type.SHORT_TEXT,
    Question.Type.LONG_TEXT,
    Question.Type.FILE,
)
_READERS: dict[str, Callable[[Question, Fields, date], Any]] = {
    Question.Type.SINGLE_CHOICE: _read_choice,
    Question.Type.YES_NO_IN_PROGRESS: _read_choice,
    Question.Type.SCALE: _read_choice,
    Question.Type.MULTIPLE_CHOICE: _read_choices,
    Question.Type.MATRIX: _read_matrix,
    Question.Type.RANKING: _read_ranking,
    Question.Type.NUMBER: _read_number,
    Question.Type.PERCENTAGE: _read_number,
    Question.Type.CURRENCY: _read_number,
    Question.Type.YEAR: _read_year,
    Question.Type.DATE: _read_date,
    Question.Type.SHORT_TEXT: _read_text,
    Question.Type.LONG_TEXT: _read_text,
    Question.Type.FILE: _read_files,
}
