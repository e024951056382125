"""The messages that a webinar owes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from events import ical
from events.ical import Guest
from events.leads import LEADS, Lead
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars.models import Registration, Webinar

State = Registration.State


def about(place: Registration) -> str:
    """Return what a change to this place withdraws its messages by."""
    return f"registration/{place.pk}"


def receipt(place: Registration, now: datetime) -> Notification:
    """Confirm a seat, or a place in line."""
    key = f"webinar-receipt/{place.pk}/{place.state}/{place.joined_at.isoformat()}"
    return _notice(place, "receipt", key, now, place.webinar.ends_at)


def seat(place: Registration, now: datetime) -> Notification:
    """Tell somebody who waited that a seat is theirs."""
    key = f"webinar-seat/{place.pk}/{place.joined_at.isoformat()}"
    return _notice(place, "seat", key, now, place.webinar.ends_at)


def left(place: Registration, now: datetime) -> Notification:
    """Confirm a cancellation and take the webinar out of the calendar."""
    key = f"webinar-left/{place.pk}/{now.isoformat()}"
    return _notice(place, "left", key, now, place.webinar.ends_at)


def moved(place: Registration, now: datetime) -> Notification:
    """Tell somebody with a place that the webinar has moved; once per move."""
    key = f"webinar-moved/{place.pk}/{place.webinar.sequence}"
    return _notice(place, "moved", key, now, place.webinar.starts_at)


def cancelled(place: Registration, now: datetime) -> Notification:
    """Tell somebody with a place that the webinar is off."""
    key = f"webinar-cancelled/{place.pk}/{place.webinar.sequence}"
    useful = place.webinar.starts_at and place.webinar.starts_at + timedelta(hours=1)
    return _notice(place, "cancelled", key, now, useful)


def reminder(place: Registration, lead: Lead) -> Notification:
    """Remind somebody with a seat; the start is part of the key, so a move reminds again."""
    starts_at = place.webinar.starts_at
    assert starts_at is not None  # noqa: S101 only events with a time are due
    return Notification(
        key=f"webinar-reminder/{place.pk}/{lead.word}/{starts_at.isoformat()}",
        kind="webinars/reminder",
        category=Category.REMINDERS,
        about=about(place),
        recipient=place.person,
        context={"place": place.pk, "lead": lead.word, "starts_at": starts_at.isoformat()},
        priority=3,
        due_at=lead.owed_at(starts_at),
        useful_until=lead.useful_until(starts_at),
    )


def _notice(
    place: Registration, word: str, key: str, now: datetime, useful_until: datetime | None
) -> Notification:
    return Notification(
        key=key,
        kind=f"webinars/{word}",
        category=Category.CHANGES,
        about=about(place),
        recipient=place.person,
        context={"place": place.pk, "sequence": place.webinar.sequence, "state": place.state},
        priority=2,
        due_at=now,
        useful_until=useful_until,
    )


def _place(notification: Notification) -> Registration:
    places = Registration.objects.select_related("webinar", "person")
    place = places.filter(pk=notification.context["place"]).first()
    if place is None:
        raise Dropped("the webinar was removed")
    return place


def _write_standing(notification: Notification) -> Letter:
    """Write what holds only while the place and the webinar stand as they did."""
    place = _place(notification)
    if place.webinar.state != Webinar.State.PUBLISHED:
        raise Dropped("the webinar was canceled")
    if place.state != notification.context["state"]:
        raise Dropped("the place has changed since")
    if place.webinar.sequence != notification.context["sequence"]:
        raise Dropped("the webinar has moved since")
    return _letter(place, "REQUEST" if place.state == State.REGISTERED else "")


def _write_left(notification: Notification) -> Letter:
    place = _place(notification)
    if place.state != State.CANCELLED:
        raise Dropped("the person has registered again")
    return _letter(place, "CANCEL")


def _write_cancelled(notification: Notification) -> Letter:
    place = _place(notification)
    if not place.webinar.is_cancelled:
        raise Dropped("the webinar is on again")
    return _letter(place, "CANCEL")


def _write_reminder(notification: Notification) -> Letter:
    place = _place(notification)
    starts_at = place.webinar.starts_at
    if place.webinar.state != Webinar.State.PUBLISHED or starts_at is None:
        raise Dropped("the webinar was canceled")
    if starts_at.isoformat() != notification.context["starts_at"]:
        raise Dropped("the webinar has moved")
    if place.state != State.REGISTERED:
        raise Dropped("the person has no seat any more")
    lead = next(lead for lead in LEADS if lead.word == notification.context["lead"])
    return _letter(place, "", can_wait=lead.can_wait)


def _letter(place: Registration, method: str, *, can_wait: bool = False) -> Letter:
    webinar, person = place.webinar, place.person
    context: dict[str, Any] = {
        "webinar": webinar,
        "place": place,
        "is_seated": place.state == State.REGISTERED,
        "zone": person.time_zone,
        "page_url": settings.SITE_URL + webinar.get_absolute_url(),
    }
    calendar = None
    if method:
        join_url = webinar.join_url if method == "REQUEST" else ""
        calendar = ical.invitation(webinar, Guest(str(person), person.email), method, join_url)
    return Letter(context, calendar, method or "REQUEST", can_wait)


_WRITERS: dict[str, Callable[[Notification], Letter]] = {
    "receipt": _write_standing,
    "seat": _write_standing,
    "moved": _write_standing,
    "left": _write_left,
    "cancelled": _write_cancelled,
}
register(
    *(Kind(f"webinars/{word}", Category.CHANGES, write) for word, write in _WRITERS.items()),
    Kind("webinars/reminder", Category.REMINDERS, _write_reminder),
)
