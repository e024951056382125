"""What one agency lets the reader know of its practices, and what has changed since before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.models import Agency
from surveys import entries, matching, wording
from surveys.comparing import NO_POWER
from surveys.entries import Entry
from surveys.models import Answer, MutualSection, Question, Response, Section

WAVES = 2  # the newest, and the one before
MOST = 1000  # answers of both


@dataclass(frozen=True)
class Practice:
    """One answer; what it was before, where the question still asks for the same."""

    question: Question
    number: str
    said: list[str]
    files: list[dict[str, str]]
    lacks_power: list[str]  # what the law gives the agency no power to do; no gap
    before: list[str] | None  # None: the same as now, or nothing to compare with
    url: str  # where it is explained and can be asked about


@dataclass(frozen=True)
class Profile:
    """The answers of the newest survey that the reader may read, by section."""

    response: Response
    answered_on: str
    year: str  # that the agency's yearly figures cover; empty if it does not say
    previous: Response | None
    parts: list[tuple[Section, list[Practice]]]
    owes: bool  # whether the reader's agency must give before more can be read


def profile(agency: Agency, user: User | AnonymousUser) -> Profile | None:
    """Return the agency's practices as this reader may know them; None if it shares nothing.

    Two queries, since the page is public; one more for who is signed in, and one if the
    questionnaire has changed since.
    """
    by_wave = _answers(agency, user)
    if not by_wave:
        return None
    [response, given], *earlier = by_wave.items()
    previous, before = earlier[0] if earlier else (None, {})
    if previous:
        same = matching.comparable(before.keys(), response.wave.survey, previous.wave.survey)
        before = {key: answer for key, answer in before.items() if key in same}
    parts: dict[Section, list[Practice]] = {}
    for answer in given.values():
        found = _practice(answer, agency, before.get(answer.question.key))
        parts.setdefault(answer.question.section, []).append(found)
    at = response.submitted_at
    return Profile(
        response=response,
        answered_on=wording.day(response.wave, at) if at else "",
        year=_year(given.values()),
        previous=previous,
        parts=list(parts.items()),
        owes=_owes(response, user),
    )


def _owes(response: Response, user: User | AnonymousUser) -> bool:
    if not user.is_authenticated:
        return False
    own = Response.objects.answered_by(user).filter(pk=response.pk)
    unmet = MutualSection.objects.unmet_by(user).filter(wave=response.wave_id)
    return unmet.exclude(Exists(own)).exists()


def _answers(agency: Agency, user: User | AnonymousUser) -> dict[Response, dict[str, Answer]]:
    """Return the newest waves' readable answers in the order of their questions, newest first."""
    named = Response.objects.named_to(user).filter(agency=agency)
    newest = named.order_by("-wave__closes_at", "-pk").values("pk")[:WAVES]
    answers = Answer.objects.visible_to(user).filter(response__in=newest, applies=True)
    ordered = answers.select_related("question__section", "response__wave__survey").order_by(
        *("-response__wave__closes_at", "-response"),
        *("question__section__position", "question__position", "question"),
    )
    found: dict[Response, dict[str, Answer]] = {}
    for answer in ordered.prefetch_related("question__choices")[:MOST]:
        answer.question.survey = answer.response.wave.survey
        if not entries.of(answer).is_blank:
            found.setdefault(answer.response, {})[answer.question.key] = answer
    return found


def _practice(answer: Answer, agency: Agency, earlier: Answer | None) -> Practice:
    question, entry = answer.question, entries.of(answer)
    said, lacks = _said(question, entry)
    then = _said(earlier.question, entries.of(earlier)) if earlier else None
    address = [answer.response.wave.slug, agency.slug, question.key]
    return Practice(
        question=question,
        number=f"{question.section.position}.{question.position}",
        said=said,
        files=entry.value if question.type == Question.Type.FILE else [],
        lacks_power=lacks,
        before=_in_words(*then) if then and then != (said, lacks) else None,
        url=reverse("surveys:findings-cell", args=address),
    )


def _said(question: Question, entry: Entry) -> tuple[list[str], list[str]]:
    """Return what an answer says, and apart from it what the agency has no power to do."""
    if entry.value == NO_POWER:
        return [], [question.label]
    if question.type != Question.Type.MATRIX or not isinstance(entry.value, dict):
        return wording.lines(question, entry), []
    has = {row: value for row, value in entry.value.items() if value != NO_POWER}
    lacks = [row.label for row in entries.rows(question) if entry.value.get(row.value) == NO_POWER]
    return wording.lines(question, Entry(has)), lacks


def _in_words(said: list[str], lacks: list[str]) -> list[str]:
    return said + [f"{_('Not our power')}: {label}" for label in lacks]


def _year(answers: Iterable[Answer]) -> str:
    """Return the year that the agency's figures cover, where the survey asks for it."""
    for answer in answers:
        question = answer.question
        if question.type == Question.Type.YEAR and question.compare == "filter":
            return "" if answer.value is None else str(answer.value)
    return ""
