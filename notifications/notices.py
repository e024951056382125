"""The message that holds a week's worth of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications import kinds, rendering, unsubscribing
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification, Preference

DIGEST, Pace = "notifications/digest", Preference.Pace


@dataclass(frozen=True)
class Line:
    """What one of the messages says in a line, and the page that it leads to."""

    subject: str
    url: str


def digest(
    person: User, held: Sequence[Notification], monday: datetime, now: datetime
) -> Notification:
    """Owe one message in place of all that was held for the person until this Monday."""
    return Notification(
        key=f"digest/{person.pk}/{monday.date()}/{held[0].pk}",
        kind=DIGEST,
        category=held[0].category,
        about=f"digest/{person.pk}",
        recipient=person,
        context={"held": [_kept(one) for one in held]},
        priority=5,
        due_at=now,
        useful_until=monday + timedelta(days=6),
    )


def _kept(one: Notification) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "category": one.category,
        "about": one.about,
        "context": one.context,
    }


def _write(notification: Notification) -> Letter:
    """Say what still holds of the messages. Raises Dropped rather than say nothing."""
    person = notification.recipient
    assert person is not None  # noqa: S101 only people have digests
    off = {
        name for name, pace in unsubscribing.paces(person).items() if pace == Preference.Pace.OFF
    }
    kept = [one for one in notification.context["held"] if one["category"] not in off]
    held = [Notification(**one, recipient=person) for one in kept]
    lines = []
    for one in kinds.looked_up(held):
        one.claimed_at, one.address = notification.claimed_at, person.email
        try:
            letter = kinds.get(one.kind).write(one)
        except (Dropped, KeyError):
            continue
        subject = str(rendering.render(one, letter).subject)
        lines.append(Line(subject, letter.url or settings.SITE_URL + reverse("my")))
    if not lines:
        raise Dropped("nothing of what was held is of use any more")
    return Letter({"lines": lines}, can_wait=True)


register(Kind(DIGEST, Category.NEWS, _write, title=_("Weekly digest")))
