"""Change how widely a wave's answers may be read: wider only while nobody was promised less."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F

from accounts import visitors
from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from surveys import notices, sharing
from surveys.models import Answer, AnswerQuerySet, AnswerRevision, CapChange, SharingLevel, Wave

BATCH = 2000  # answers narrowed together


class Promised(Exception):
    """Agencies have heard of the wave under a narrower level, and it is not widened any more."""


@dataclass(frozen=True)
class Effect:
    """How many answers, of how many agencies, would become narrower."""

    answers: int
    agencies: int


def is_promised(wave: Wave) -> bool:
    """Whether an agency was invited, has looked or has answered: it was told who may read what."""
    return wave.responses.reached().exists()


def choices(wave: Wave) -> list[SharingLevel]:
    """Return the levels that the wave's widest one can be changed to, from the widest down."""
    bound = wave.widest_sharing if is_promised(wave) else SharingLevel.PUBLIC
    return [level for level in SharingLevel.within(bound) if level != wave.widest_sharing]


def effect(wave: Wave, widest: str) -> Effect:
    """Return what narrowing to this level would do now; one query."""
    found = _wider(wave, widest).aggregate(
        answers=Count("pk"), agencies=Count("response", distinct=True)
    )
    return Effect(**found)


@transaction.atomic
def choose(*, wave: Wave, widest: str, reason: str, by: User, now: datetime) -> CapChange | None:
    """Let no answer of the wave be read more widely than this, from this moment on.

    Answers that are wider become as narrow, each with a revision that says so; what is published
    stays. Coordinators who know of the wave are told why. The level that holds already changes
    nothing and returns None. Raises Promised.
    """
    wave = _hold(wave)
    if widest == wave.widest_sharing:
        return None
    if SharingLevel(widest) not in choices(wave):
        raise Promised
    before, wave.widest_sharing = wave.widest_sharing, SharingLevel(widest)
    narrowed = _narrow(wave, by, now)
    wave.save(update_fields=["widest_sharing"])
    change = CapChange.objects.create(
        wave=wave,
        before=before,
        after=widest,
        reason=reason,
        narrowed=narrowed.total(),
        changed_by=by,
        changed_at=now,
    )
    visitors.forget_pages()
    _tell(change, narrowed, now)
    return change


def _hold(wave: Wave) -> Wave:
    """Lock the wave and its responses: nobody saves an answer or changes a level meanwhile."""
    held = Wave.objects.select_for_update(of=("self",), no_key=True).get(pk=wave.pk)
    rows = held.responses.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(rows.values_list("pk"))
    return held


def _wider(wave: Wave, widest: str) -> AnswerQuerySet:
    answers = Answer.objects.filter(response__wave=wave)
    return answers.exclude(sharing__in=SharingLevel.within(widest))


def _narrow(wave: Wave, by: User, now: datetime) -> Counter[int]:
    """Narrow what is wider than the wave's level; returns how many answers by response."""
    new = {"sharing": wave.widest_sharing, "changed_by": by, "changed_at": now}
    narrowed: Counter[int] = Counter()
    while some := list(_wider(wave, wave.widest_sharing).order_by("pk")[:BATCH]):
        Answer.objects.filter(pk__in=[answer.pk for answer in some]).update(
            **new, revision=F("revision") + 1
        )
        for answer in some:
            answer.sharing, answer.revision = wave.widest_sharing, answer.revision + 1
            answer.changed_by, answer.changed_at = by, now
        AnswerRevision.objects.bulk_create(map(sharing.as_revision, some))
        narrowed.update(answer.response_id for answer in some)
    return narrowed


def _tell(change: CapChange, narrowed: Counter[int], now: datetime) -> None:
    responses = {one.agency_id: one for one in change.wave.responses.reached()}
    places = Membership.objects.coordinating().filter(agency__in=responses, person__is_active=True)
    outbox.queue(
        notices.capped(
            change,
            responses[place.agency_id],
            place.person,
            narrowed[responses[place.agency_id].pk],
            now,
        )
        for place in places.select_related("person").order_by("pk")
    )
