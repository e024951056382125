"""The levels at which answers begin, beside what the questions tell.

A follow-up tells what its condition rests on, so it is read no more widely than that. Where its
own level begins wider, agencies are shown one that has no effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from surveys import building, conditions, documents
from surveys.models import Question, SharingLevel, Survey


@dataclass(frozen=True)
class Wider:
    """A question whose answers begin at a wider level than what it tells."""

    question: Question
    told: list[Question]  # what begins narrower
    level: SharingLevel  # at which both fit

    @property
    def text(self) -> str:
        """Say it in words."""
        told = "”, “".join(question.label for question in self.told)
        said = {
            "begins": SharingLevel(self.question.default_sharing).label,
            "told": told,
            "level": self.level.label,
        }
        text = _(
            "It begins at “%(begins)s”, but it is asked only after “%(told)s” and tells that "
            "answer. Nobody reads it more widely than “%(level)s”."
        )
        return text % said


def wider(questions: Iterable[Question]) -> list[Wider]:
    """Return which of a survey's questions begin at a wider level than what they tell."""
    by_key = {question.key: question for question in questions}
    found = []
    for question in by_key.values():
        narrower_levels = SharingLevel.within(question.default_sharing)[1:]
        behind = conditions.behind(question, by_key)
        told = [one for key, one in by_key.items() if key in behind]
        narrower = [one for one in told if one.default_sharing in narrower_levels]
        if narrower:
            level = SharingLevel.narrowest(one.default_sharing for one in narrower)
            found.append(Wider(question, narrower, level))
    return found


def wider_beside(question: Question) -> list[Wider]:
    """Return those of its survey that have to do with this question; one query."""
    asked = question.survey.questions.order_by("section__position", "position", "pk")
    return [one for one in wider(asked) if question in (one.question, *one.told)]


def wider_in(document: dict[str, Any]) -> list[Wider]:
    """Return the same of a document that is sound and not stored."""
    return wider(
        Question(
            key=given["id"],
            label=given["label"],
            show_if=given.get("show_if"),
            default_sharing=documents.SHARING[given["sensitivity"]],
        )
        for section in document["sections"]
        for given in section["questions"]
    )


def begins_at(questions: Iterable[Question], widest: str) -> dict[str, SharingLevel]:
    """Return by key who reads each answer if agencies leave the levels as they begin."""
    by_key = {question.key: question for question in questions}
    narrowed = {one.question.key: one.level for one in wider(by_key.values())}
    return {
        key: narrowed.get(key, SharingLevel(question.default_sharing)).at_most(widest)
        for key, question in by_key.items()
    }


@transaction.atomic
def align(*, survey: Survey) -> int:
    """Let each question begin as narrow as what it tells; returns how many. Raises Frozen."""
    survey = building.hold(survey)
    found = wider(survey.questions.order_by("section__position", "position", "pk"))
    for one in found:
        survey.questions.filter(pk=one.question.pk).update(
            default_sharing=one.level, revision=F("revision") + 1
        )
    return len(found)
