"""What answers and conditions say, in words for people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import zones
from surveys.entries import Entry, options, rows
from surveys.models import Question, SharingLevel, Wave, Withdrawal

READERS = {  # in the organizers' words
    SharingLevel.PUBLIC: gettext_lazy("everybody, with the agency's name"),
    SharingLevel.MEMBERS: gettext_lazy(
        "signed-in staff of agencies in the community, with the agency's name"
    ),
    SharingLevel.COUNTED: gettext_lazy("part of totals and charts, without the agency's name"),
    SharingLevel.ORGANISERS: gettext_lazy("the agency and the organizers; no totals, no charts"),
}
_PROMISES = {
    SharingLevel.PUBLIC: gettext_lazy(
        "Your agency decides for each answer who may see it: the organizers only, totals only, "
        "fellow agencies, or everybody."
    ),
    SharingLevel.MEMBERS: gettext_lazy(
        "Nothing becomes public: at most, signed-in staff of agencies in the community see an "
        "answer with your agency's name. Your agency can narrow that for each answer."
    ),
    SharingLevel.COUNTED: gettext_lazy(
        "No other agency sees your answers: at most, they are counted in totals without your "
        "agency's name. Your agency can leave single answers to the organizers only."
    ),
    SharingLevel.ORGANISERS: gettext_lazy(
        "Only your agency and the organizers see your answers; they enter no comparison and no "
        "totals."
    ),
}


def lines(question: Question, entry: Entry) -> list[str]:
    """Return what an entry says, one line per part; a blank one says nothing."""
    if entry.not_reported:
        return [reason(question, entry.not_reported)]
    if entry.is_blank:
        return []
    if isinstance(entry.value, list | dict):
        return _parts(question, entry.value)
    return [_one_line(question, entry.value)]


def reason(question: Question, code: str) -> str:
    """Return why a number is not given, in the survey's words."""
    return next((c["label"] for c in question.survey.not_reported if c["value"] == code), code)


def withdrawn(wave: Wave, withdrawal: Withdrawal) -> str:
    """Return what stands where a published figure was, until it was withdrawn."""
    said = {"day": day(wave, withdrawal.withdrawn_at), "reason": withdrawal.reason}
    return _("Withdrawn on %(day)s: %(reason)s") % said


def moment(wave: Wave, at: datetime) -> str:
    """Say a time of a wave in its own zone: Friday, January 29, 2027, 5 p.m. Eastern."""
    local = at.astimezone(wave.zone)
    clock = date_format(local, "P")
    return f"{zones.day_in_words(local.date())}, {clock} {zones.zone_name(wave.time_zone)}"


def day(wave: Wave, at: datetime) -> str:
    """Say the day of a time of a wave in its own zone: January 29, 2027."""
    return date_format(at.astimezone(wave.zone), "F j, Y")


def promise(widest: str) -> str:
    """Say in a sentence who reads an agency's answers at most, in a wave of this widest level."""
    return str(_PROMISES[SharingLevel(widest)])


def saved_at(now: datetime) -> str:
    """Say when an answer was saved, by the reader's clock: Saved at 2:02 p.m."""
    return _("Saved at %(time)s") % {"time": date_format(timezone.localtime(now), "P")}


def condition(question: Question, by_key: Mapping[str, Question]) -> str:
    """Return when a question applies, as a sentence; nothing when it always does."""
    if question.show_if is None:
        return ""
    parts = [_part(c, by_key[c["question"]]) for c in question.show_if["all"]]
    return _("Answer this if %(conditions)s.") % {"conditions": _(" and ").join(parts)}


def _parts(question: Question, value: Any) -> list[str]:
    labels = {c.value: c.label for c in options(question)}
    if question.type == Question.Type.MATRIX:
        given = [row for row in rows(question) if row.value in value]
        return [f"{row.label}: {labels[value[row.value]]}" for row in given]
    if question.type == Question.Type.RANKING:
        return [f"{n}. {labels[one]}" for n, one in enumerate(value, start=1)]
    if question.type == Question.Type.FILE:
        return [given["name"] for given in value]
    return [labels[one] for one in value]


def _one_line(question: Question, value: Any) -> str:
    if question.type == Question.Type.CURRENCY:
        return f"${value:,}"
    if question.type == Question.Type.PERCENTAGE:
        return f"{value:,}%"
    if question.type == Question.Type.NUMBER:
        return f"{value:,} {question.unit}".strip()
    if question.type == Question.Type.DATE:
        return date_format(date.fromisoformat(value), "F j, Y")
    labels = {c.value: c.label for c in options(question)}
    return labels.get(value, str(value))


def _part(condition: dict[str, Any], asked: Question) -> str:
    labels = {c.value: c.label for c in options(asked)}
    operand = condition.get("value", "")
    given = operand if isinstance(operand, list) else [operand]
    said = _(" or ").join(_operand(one, labels) for one in given)
    return _phrases()[condition["operator"]] % {"asked": f"“{asked.label}”", "said": said}


def _operand(one: str | float, labels: Mapping[str, str]) -> str:
    return f"“{labels.get(one, one)}”" if isinstance(one, str) else f"{one:,}"


def _phrases() -> dict[str, str]:
    return {
        "answered": _("you answered %(asked)s"),
        "equals": _("the answer to %(asked)s is %(said)s"),
        "not_equals": _("the answer to %(asked)s is not %(said)s"),
        "any_of": _("the answer to %(asked)s is %(said)s"),
        "includes": _("you chose %(said)s in %(asked)s"),
        "excludes": _("you did not choose %(said)s in %(asked)s"),
        "gt": _("the answer to %(asked)s is more than %(said)s"),
        "gte": _("the answer to %(asked)s is %(said)s or more"),
        "lt": _("the answer to %(asked)s is less than %(said)s"),
        "lte": _("the answer to %(asked)s is %(said)s or less"),
    }
