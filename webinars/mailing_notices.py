"""What an organiser writes to people who have a place, as messages that are owed."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from notifications.fanning import ToEach
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from notifications.placeholders import Wording
from webinars import permissions, placeholders
from webinars.models import Mailing, Registration

USEFUL_FOR = timedelta(days=3)  # after that a message has been overtaken by events


def about(mailing: Mailing) -> str:
    """Return what undoing withdraws its messages by."""
    return f"mailing/{mailing.pk}"


def mailing(mailing: Mailing) -> ToEach:
    """Owe an organiser's message to those with places; once, however often it is confirmed."""
    assert mailing.due_at is not None  # noqa: S101 only what is queued is owed
    return ToEach(
        kind="webinars/mailing",
        category=Category.MESSAGES,
        key=(f"mailing/{mailing.pk}/", ""),
        about=about(mailing),
        context={"mailing": str(mailing.uid)},
        fields={"place": "pk"},
        priority=4,
        due_at=mailing.due_at,
        useful_until=mailing.due_at + USEFUL_FOR,
    )


def context(mailing: Mailing, place: int) -> dict[str, object]:
    """Return what the message to this place, given by its key, is written from."""
    return {"place": place, "mailing": str(mailing.uid)}


def mailing_copy(mailing: Mailing, person: User, now: datetime) -> Notification:
    """Owe who writes it a copy to look at; of the same words once a minute at most."""
    return Notification(
        key=f"mailing-copy/{mailing.pk}/{person.pk}/{now:%Y%m%d%H%M}/{mailing.version}",
        kind="webinars/mailing-copy",
        category=Category.ACCOUNT,  # it was asked for this moment
        about=f"mailing-copy/{mailing.pk}",
        recipient=person,
        context={"mailing": str(mailing.uid)},
        priority=1,
        due_at=now,
        useful_until=now + timedelta(hours=1),
    )


def letter(mailing: Mailing, place: Registration, now: datetime) -> Letter:
    """Write the message as it reads for who has this place."""
    webinar = place.webinar
    return Letter(
        wording=Wording(mailing.subject, mailing.text),
        values=placeholders.values(place, now),
        links=placeholders.LINKS,
        why=_("You get this because you registered for %(title)s.") % {"title": webinar.title},
        happens_at=webinar.starts_at,
        can_wait=True,
        alike=(webinar.pk, place.person.time_zone, place.person.language),
        personal=placeholders.PERSONAL_WORDS,
    )


def copy_for(mailing: Mailing, person: User, now: datetime) -> Letter:
    """Write it as it would read for somebody who holds a seat; a seat's link is nobody else's."""
    place = Registration(webinar=mailing.webinar, person=person)
    place.state = Registration.State.REGISTERED
    return replace(without_link(letter(mailing, place, now)), can_wait=False)


def without_link(letter: Letter) -> Letter:
    """Return it for other eyes than its reader's: whoever has such a link acts for the reader."""
    hidden = {
        name: re.sub(r"/[^/]+/$", "/…/", letter.values[name]) for name in placeholders.PERSONAL
    }
    return replace(letter, values=letter.values | hidden)


def _write(notification: Notification) -> Letter:
    place: Registration | None = notification.found
    if place is None:
        raise Dropped("the webinar was removed")
    mailing = _sent(UUID(notification.context["mailing"]))
    webinar = place.webinar
    if webinar.cancelled_at and mailing.queued_at and webinar.cancelled_at > mailing.queued_at:
        raise Dropped("the webinar was canceled meanwhile")
    if not mailing.addresses(place):
        raise Dropped("the person is no longer among those it is for")
    if not permissions.may_keep(place):
        raise Dropped("the person may not see the webinar any more")
    return letter(mailing, place, notification.claimed_at)


def _write_copy(notification: Notification) -> Letter:
    person = notification.recipient
    found = Mailing.objects.select_related("webinar").filter(uid=notification.context["mailing"])
    if person is None or not person.is_organiser or not found:
        raise Dropped("the draft is gone, or the person organizes no more")
    return copy_for(found[0], person, notification.claimed_at)


@lru_cache(maxsize=20)
def _sent(uid: UUID) -> Mailing:
    """Return a mailing that was sent: it never changes any more."""
    return Mailing.objects.select_related("webinar").prefetch_related("agencies").get(uid=uid)


_PLACES = Registration.objects.select_related("webinar", "person")
register(
    Kind(
        "webinars/mailing",
        Category.MESSAGES,
        _write,
        "place",
        _PLACES,
        gettext_lazy("Message from the organizers"),
    ),
    Kind(
        "webinars/mailing-copy",
        Category.ACCOUNT,
        _write_copy,
        title=gettext_lazy("Copy of a message from the organizers"),
    ),
)
