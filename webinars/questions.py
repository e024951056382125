"""Say what people are asked when they register for a webinar, or for a series' new ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, ProtectedError

from webinars.models import (
    AccessNeed,
    RegistrationAnswer,
    RegistrationQuerySet,
    RegistrationQuestion,
    Series,
    Webinar,
)

COPIED = ("position", "text", "kind", "choices", "is_required", "is_asked", "shown_if_answer")


class IsAnswered(Exception):
    """A question that people have answered is not removed; it can be asked no longer."""


@dataclass(frozen=True)
class Wanted:
    """One question as an organiser puts it; `key` is that of the row it changes, if any."""

    key: int | None
    text: str
    kind: str
    choices: list[str]
    is_required: bool
    is_asked: bool
    shown_if: int | None  # which of the questions before it, the first being 1
    shown_if_answer: str


@transaction.atomic
def ask(*, owner: Webinar | Series, wanted: Iterable[Wanted]) -> None:
    """Ask these questions in this order; what is not among them is removed.

    Raises IsAnswered, and changes nothing.
    """
    rows = {row.pk: row for row in owner.questions.all()}
    said = list(wanted)
    try:
        owner.questions.exclude(pk__in=[one.key for one in said if one.key]).delete()
    except ProtectedError:
        raise IsAnswered from None
    kept: list[RegistrationQuestion] = []
    for position, one in enumerate(said, start=1):
        row = rows.get(one.key or 0) or _new(owner)
        for name in ("text", "kind", "choices", "is_required", "is_asked", "shown_if_answer"):
            setattr(row, name, getattr(one, name))
        row.position = position
        row.shown_if = kept[one.shown_if - 1] if one.shown_if else None
        row.save()
        kept.append(row)


def copy(*, source: Webinar | Series | None, webinar: Webinar) -> None:
    """Let a new webinar ask what another, or its series, asks."""
    made: dict[int, RegistrationQuestion] = {}
    for row in source.questions.order_by("position", "pk") if source else ():
        twin = RegistrationQuestion(
            webinar=webinar, **{name: getattr(row, name) for name in COPIED}
        )
        twin.shown_if = made[row.shown_if_id] if row.shown_if_id else None
        twin.save()
        made[row.pk] = twin


def with_answers(places: RegistrationQuerySet) -> RegistrationQuerySet:
    """Fetch what people answered and need as well, in the order of the questions."""
    answers = RegistrationAnswer.objects.select_related("question")
    return places.prefetch_related(
        Prefetch("answers", answers.order_by("question__position", "question_id")),
        Prefetch("access_needs", AccessNeed.objects.order_by("kind")),
    )


def _new(owner: Webinar | Series) -> RegistrationQuestion:
    if isinstance(owner, Webinar):
        return RegistrationQuestion(webinar=owner)
    return RegistrationQuestion(series=owner)
