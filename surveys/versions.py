"""Versions of an instrument: what changed, and whether answers can still be compared."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys import authoring, writing
from surveys.models import Question, Survey


class Unsaid(Exception):
    """The wording differs from the version before: say whether answers can be compared."""


@dataclass(frozen=True)
class Change:
    """One question beside the one of the same identity in the version before."""

    key: str
    now: Question | None  # None: it is asked no more
    before: Question | None  # None: it is new
    parts: list[str]  # which parts of the wording differ, in words


@transaction.atomic
def begin(*, survey: Survey, version: str) -> Survey:
    """Make the next version of a survey, each question under its identity.

    Raises authoring.VersionTaken.
    """
    draft = authoring.load(document=writing.document(survey) | {"version": version})
    draft.previous = survey
    draft.is_demo = survey.is_demo
    draft.save(update_fields=["previous", "is_demo"])
    draft.questions.update(is_comparable=True)
    return draft


def follow(*, survey: Survey, before: Survey) -> None:
    """Make a draft from elsewhere the next version; changed wordings wait for a word on them."""
    survey.previous = before
    survey.save(update_fields=["previous"])
    old = {q.key: q for q in _asked(before)}
    same = [q.pk for q in _asked(survey) if q.key in old and not differing(q, old[q.key])]
    survey.questions.filter(pk__in=same).update(is_comparable=True)


def changes(survey: Survey) -> list[Change]:
    """Return what differs from the version before, in the order of the questions."""
    if survey.previous is None:
        return []
    before = {q.key: q for q in _asked(survey.previous)}
    found = []
    for now in _asked(survey):
        old = before.pop(now.key, None)
        parts = differing(now, old) if old else []
        if old is None or parts or now.is_comparable is False:
            found.append(Change(now.key, now, old, parts))
    return found + [Change(key, None, old, []) for key, old in before.items()]


def before(question: Question) -> Question | None:
    """Return the question of the same identity in the version before."""
    if question.survey.previous_id is None:
        return None
    asked = Question.objects.filter(survey=question.survey.previous_id, key=question.key)
    return asked.select_related("survey").prefetch_related("choices").first()


def differing(now: Question, old: Question) -> list[str]:
    """Return which parts of the wording differ, in words."""
    a, b = _wording(now), _wording(old)
    return [str(name) for name, text in a.items() if text != b[name]]


def settle(question: Question, is_comparable: bool | None) -> None:
    """Keep what is said of the wording; an unchanged one is comparable. Raises Unsaid."""
    old = before(question)
    if old is None:
        is_comparable = None
    elif not differing(question, old):
        is_comparable = True
    elif is_comparable is None:
        raise Unsaid
    Question.objects.filter(pk=question.pk).update(is_comparable=is_comparable)


def doubt(survey: Survey, *, terms: Collection[str]) -> None:
    """Ask again about questions whose definitions have changed."""
    if survey.previous is None or not terms:
        return
    old = {q.key: q for q in _asked(survey.previous)}
    for question in _asked(survey):
        if question.key in old and set(terms) & set(question.terms):
            is_same = not differing(question, old[question.key])
            Question.objects.filter(pk=question.pk).update(is_comparable=True if is_same else None)


def _asked(survey: Survey) -> list[Question]:
    questions = survey.questions.prefetch_related("choices")
    found = list(questions.order_by("section__position", "position", "pk"))
    for question in found:
        question.survey = survey
    return found


def _wording(question: Question) -> dict[str, Any]:
    written = writing.question(question)
    terms = {d["id"]: d for d in question.survey.definitions}
    return {
        _("the question"): written["label"],
        _("the help"): written.get("help"),
        _("the type"): written["type"],
        _("the unit"): written.get("unit"),
        _("whether it may go without a number"): written.get("allow_not_reported"),
        _("the choices"): written.get("options"),
        _("the rows"): written.get("rows"),
        _("the definitions"): [terms.get(one) for one in question.terms],
    }
