"""Ask for what one needs to take part, and arrange it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from notifications import outbox
from webinars import access_notices
from webinars.models import AccessNeed, Registration

State = AccessNeed.State
SLIP = timedelta(minutes=5)  # a wrong press is taken back within it, and several go in one mail


@transaction.atomic
def ask(*, place: Registration, needs: Mapping[str, str], now: datetime) -> None:
    """Need exactly these, each kind with a note; whoever arranges access hears of a change.

    What is arranged stays so unless its note changes. Twice tells nobody twice.
    """
    before = {need.kind: need for need in place.access_needs.all()}
    gone = [need.pk for kind, need in before.items() if kind not in needs]
    place.access_needs.filter(pk__in=gone).delete()
    changed = [kind for kind, note in needs.items() if _differs(before.get(kind), note)]
    for kind in changed:
        said = {"note": needs[kind], "state": State.OPEN, "how": "", "asked_at": now}
        place.access_needs.update_or_create(
            kind=kind, defaults=said | {"arranged_at": None, "arranged_by": None}
        )
    contact = place.webinar.access_contact
    if contact is not None and (gone or changed):
        outbox.queue([access_notices.needed(place, contact, now)])


@transaction.atomic
def arrange(*, need: AccessNeed, by: User, now: datetime, is_arranged: bool, how: str = "") -> None:
    """Write down that it is arranged, or that it is not after all; twice changes nothing.

    `how` is for the person, who is told how everything stands five minutes later.
    """
    state = State.ARRANGED if is_arranged else State.OPEN
    values = {
        "state": state,
        "how": how if is_arranged else "",
        "arranged_at": now if is_arranged else None,
        "arranged_by": by if is_arranged else None,
    }
    if AccessNeed.objects.filter(pk=need.pk).exclude(state=state).update(**values):
        need.state = state
        about = access_notices.about_person(need.registration)
        outbox.withdraw(about, reason="there is more to say", now=now)
        outbox.queue([access_notices.standing(need, now + SLIP)])


def _differs(need: AccessNeed | None, note: str) -> bool:
    return need is None or need.note != note
