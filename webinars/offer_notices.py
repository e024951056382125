"""The messages about seats that people are asked to take."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events import zones
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars import personal
from webinars.models import Offer, Registration, Webinar


def about(offer: Offer) -> str:
    """Return what an answer withdraws the offer's messages by."""
    return f"seat-offer/{offer.pk}"


def seat_is_free(offer: Offer, now: datetime) -> Notification:
    """Tell the next in line, shortly before the start, that a seat is kept for half an hour."""
    return _notice(offer, "offer", now)


def asked(offer: Offer, now: datetime) -> Notification:
    """Ask somebody whether they take a seat that a colleague wants them to; again after a move."""
    notice = _notice(offer, "asked", now)
    notice.key += f"/{offer.webinar.sequence}"
    return notice


def called_off(offer: Offer, now: datetime) -> Notification:
    """Tell somebody who was asked that the webinar is off, and there is nothing to answer."""
    notice = _notice(offer, "called-off", now)
    notice.useful_until = offer.webinar.starts_at
    return notice


def refused(offer: Offer, giver: Registration, now: datetime) -> Notification:
    """Tell whoever wanted to give a seat to a colleague that it is still theirs."""
    notice = _notice(offer, "refused", now)
    notice.recipient = giver.person
    notice.useful_until = offer.webinar.starts_at
    notice.context["giver"] = giver.pk
    return notice


def _notice(offer: Offer, word: str, now: datetime) -> Notification:
    return Notification(
        key=f"webinar-{word}/{offer.pk}",
        kind=f"webinars/{word}",
        category=Category.CHANGES,
        about=about(offer),
        recipient=offer.person,
        context={"offer": offer.pk},
        priority=2,
        due_at=now,
        useful_until=offer.until,
    )


def _standing_offer(notification: Notification) -> Offer:
    """Return the offer while its webinar stands and the person may still know of it."""
    offer: Offer | None = notification.found
    if offer is None:
        raise Dropped("the offer was removed")
    if offer.webinar.state != Webinar.State.PUBLISHED:
        raise Dropped("the webinar was canceled")
    _refuse_strangers(offer)
    return offer


def _refuse_strangers(offer: Offer) -> None:
    seen = Webinar.objects.visible_to(offer.person).filter(pk=offer.webinar_id)
    if not seen.exists():
        raise Dropped("the person may not see the webinar any more")


def _write_open(notification: Notification) -> Letter:
    """Write what holds only while a yes still counts."""
    offer, now = _standing_offer(notification), notification.claimed_at
    if not offer.can_be_taken(now):
        raise Dropped("the person has answered, or the time is over")
    until = zones.moment_in_words(offer.until, offer.person.time_zone)
    return _letter(notification, offer, {"until": until})


def _write_called_off(notification: Notification) -> Letter:
    offer: Offer | None = notification.found
    if offer is None or not offer.webinar.is_cancelled:
        raise Dropped("the webinar is on again")
    _refuse_strangers(offer)
    return _letter(notification, offer, {})


def _write_refused(notification: Notification) -> Letter:
    offer = _standing_offer(notification)
    held = Q(state=Registration.State.REGISTERED, pk=notification.context["giver"])
    if not offer.webinar.registrations.filter(held).exists():
        raise Dropped("the person has given the seat up since")
    return _letter(notification, offer, {})


def _letter(notification: Notification, offer: Offer, extra: dict[str, Any]) -> Letter:
    webinar, person, now = offer.webinar, notification.recipient, notification.claimed_at
    assert person is not None  # noqa: S101 each of these has a recipient
    starts_at = webinar.starts_at
    context = {
        "webinar": webinar,
        "offer": offer,
        "is_seated": False,
        "zone": person.time_zone,
        "page_url": settings.SITE_URL + webinar.get_absolute_url(),
        "place_url": personal.url(webinar, person),
        "starts": zones.start_in_words(starts_at, person.time_zone, now) if starts_at else "",
    }
    return Letter(context | extra, happens_at=starts_at)


_OFFERS = Offer.objects.select_related("webinar", "person", "made_by", "agency")
register(
    *(
        Kind(f"webinars/{word}", Category.CHANGES, write, "offer", _OFFERS, title)
        for word, write, title in (
            ("offer", _write_open, _("Offer of a free seat")),
            ("asked", _write_open, _("A colleague is asked to come")),
            ("called-off", _write_called_off, _("Canceled, to who was asked")),
            ("refused", _write_refused, _("A substitute did not take the seat")),
        )
    )
)
