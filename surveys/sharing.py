"""Who may read which answer: an agency decides, before and after handing in."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.functional import Promise

from accounts import visitors
from accounts.models import User
from surveys.asking import WHO_SEES
from surveys.models import Answer, AnswerRevision, Response, SharingLevel, Wave
from surveys.reading import Item, Sheet

CHANGES = 50  # shown, the newest


@dataclass(frozen=True)
class Wish:
    """One answer's level as a form brings it: the one that was seen, and the one wanted."""

    seen: str
    wanted: str


@dataclass(frozen=True)
class Change:
    """One change of who may read an answer."""

    item: Item
    before: str
    after: str
    by: User | None
    at: datetime


@dataclass(frozen=True)
class Offer:
    """A level that an answer could have, seen beside others that tell the same."""

    item: Item
    level: SharingLevel
    beside: list[Item]


@dataclass(frozen=True)
class Outcome:
    """How many levels were changed, which way, and of which questions they were not.

    Because a colleague had changed them, or because the wave allows no level as wide.
    """

    changed: int
    overtaken: list[str]
    too_wide: list[str] = field(default_factory=list)
    narrowed: list[str] = field(default_factory=list)  # the keys of the questions
    widened: list[str] = field(default_factory=list)


def levels(
    widest: str = SharingLevel.PUBLIC,
) -> list[tuple[str, str | Promise, str | Promise]]:
    """Return each level with its name and who sees an answer of it, from the widest down."""
    return [(level.value, level.label, WHO_SEES[level]) for level in SharingLevel.within(widest)]


def counts(sheet: Sheet) -> list[tuple[str, int]]:
    """Return how many answers are read at each level that the wave allows, from the widest down."""
    found = Counter(item.read_as for item in sheet.items if item.is_answered)
    levels = SharingLevel.within(sheet.response.wave.widest_sharing)
    return [(str(level.label), found[level.value]) for level in levels]


@transaction.atomic
def change(*, response: Response, wishes: Mapping[str, Wish], by: User, now: datetime) -> Outcome:
    """Let others read these answers, by question's key.

    It holds from this moment on; each change is kept as a revision of the answer. Answers that
    do not exist are passed over; so is a level that is not the one that was seen, or that is
    wider than the wave allows.
    """
    allowed = SharingLevel.within(_hold(response).widest_sharing)
    wanted = {key: wish for key, wish in wishes.items() if wish.seen != wish.wanted}
    answers = response.answers.select_for_update(of=("self",), no_key=True)
    found = answers.filter(question__key__in=wanted).select_related("question").order_by("pk")
    differing = [a for a in found if a.sharing != wanted[a.question.key].wanted]
    overtaken = [a for a in differing if a.sharing != wanted[a.question.key].seen]
    too_wide = [a for a in differing if wanted[a.question.key].wanted not in allowed]
    changing = [answer for answer in differing if answer not in [*overtaken, *too_wide]]
    ways: dict[bool, list[str]] = {True: [], False: []}
    for answer in changing:
        level = SharingLevel(wanted[answer.question.key].wanted)
        ways[level in SharingLevel.within(answer.sharing)].append(answer.question.key)
        answer.sharing = level
        answer.revision += 1
        answer.changed_by, answer.changed_at = by, now
        answer.save(update_fields=["sharing", "revision", "changed_by", "changed_at"])
    AnswerRevision.objects.bulk_create(as_revision(answer) for answer in changing)
    visitors.forget_pages()
    labels = [[answer.question.label for answer in kept] for kept in (overtaken, too_wide)]
    return Outcome(len(changing), labels[0], labels[1], ways[True], ways[False])


def narrowing(sheet: Sheet, narrowed: Collection[str]) -> list[Offer]:
    """Return which answers tell the same as others that fewer people read, and how narrow fits.

    Those are follow-ups that the agency chose a wider level for than for what they tell; and what
    the answers of these questions tell, which were just `narrowed`.
    """
    fitting: dict[str, list[Item]] = {}
    for item in sheet.items:
        if item.is_bound:
            fitting[item.question.key] = item.bounds
    for item in sheet.items:
        if item.question.key in narrowed and item.is_answered:
            for one in item.told:
                if one.read_as not in SharingLevel.within(item.read_as):
                    fitting.setdefault(one.question.key, []).append(item)
    return [
        Offer(item, SharingLevel.narrowest(one.read_as for one in [item, *beside]), beside)
        for item in sheet.items
        if (beside := fitting.get(item.question.key))
    ]


def widening(sheet: Sheet) -> list[Offer]:
    """Return the follow-ups that fewer people read than the agency chose, with what they tell."""
    bound = [item for item in sheet.items if item.is_bound]
    return [Offer(item, SharingLevel(item.entry.sharing), item.bounds) for item in bound]


def _hold(response: Response) -> Wave:
    """Lock the response, and return its wave as it is then: whoever changes levels holds it."""
    Response.objects.select_for_update(of=("self",), no_key=True).get(pk=response.pk)
    return Wave.objects.get(pk=response.wave_id)


def changes(sheet: Sheet) -> list[Change]:
    """Return the newest changes of who may read an answer; one query."""
    items = {item.question.pk: item for item in sheet.items}
    before: dict[int, AnswerRevision] = {}
    found = []
    kept = sheet.response.revisions.select_related("changed_by")
    for row in kept.order_by("question", "revision"):
        old = before.get(row.question_id)
        before[row.question_id] = row
        if old and old.sharing != row.sharing and row.question_id in items:
            labels = (old.get_sharing_display(), row.get_sharing_display())
            item = items[row.question_id]
            found.append(Change(item, *labels, row.changed_by, row.changed_at))
    return sorted(found, key=lambda change: change.at, reverse=True)[:CHANGES]


def as_revision(answer: Answer) -> AnswerRevision:
    """Return the row that keeps what an answer says now; not stored yet."""
    return AnswerRevision(
        response_id=answer.response_id,
        question_id=answer.question_id,
        revision=answer.revision,
        value=answer.value,
        not_reported=answer.not_reported,
        sharing=answer.sharing,
        operation=uuid4(),
        changed_by=answer.changed_by,
        changed_at=answer.changed_at,
    )
