"""The message that a webinar's title, speakers or access information are not what people know."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy

from agencies.membership import SLIP
from notifications import gathering
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification
from webinars import notices
from webinars.models import Registration, Webinar

ABOUT = "registration-words"  # before a place's key
KIND = "webinars/reworded"
Words = dict[str, str]


def words(webinar: Webinar) -> Words:
    """Return the words that people go by, to be compared with later ones."""
    speakers = webinar.presenters.in_order().values_list("name", flat=True)
    return {
        "title": webinar.title,
        "speakers": ", ".join(speakers),
        "access": webinar.access_information,
    }


def tell(webinar: Webinar, before: Words, now: datetime) -> None:
    """Tell everybody who has a place what is other than before, after a while, in one message.

    Nobody is told of what is not announced, canceled or over, or of what is put right by then.
    """
    if webinar.state != Webinar.State.PUBLISHED or not webinar.is_coming(now):
        return
    after = words(webinar)
    places = list(webinar.registrations.current().select_related("person"))
    for fact in after:
        if after[fact] != before[fact]:
            owed = list(_reworded(webinar, places, now))
            gathering.add(owed, fact=fact, before=before[fact])


def _reworded(
    webinar: Webinar, places: Iterable[Registration], now: datetime
) -> Iterable[Notification]:
    return (
        Notification(
            key=f"webinar-reworded/{place.pk}/{now.isoformat()}",
            kind=KIND,
            category=Category.CHANGES,
            about=f"{ABOUT}/{place.pk}",
            recipient=place.person,
            context={"place": place.pk},
            due_at=now + SLIP,
            useful_until=webinar.starts_at,
        )
        for place in places
    )


def _write(notification: Notification) -> Letter:
    place = notices.standing_place(notification)
    if place.state == Registration.State.CANCELLED:
        raise Dropped("the person has canceled")
    known, now = notification.context["known"], words(place.webinar)
    facts = gathering.changed(notification, dict(now))
    if not facts:
        raise Dropped("the person knows it as it is")
    said = {
        "was_title": known["title"] if "title" in facts else "",
        "has_new_speakers": "speakers" in facts,
        "speakers": now["speakers"],
        "has_new_access": "access" in facts,
    }
    is_seated = place.state == Registration.State.REGISTERED
    entry = "REQUEST" if is_seated and "title" in facts else ""
    return replace(notices.letter_about(notification, place, entry, said), can_wait=True)


register(
    Kind(
        KIND,
        Category.CHANGES,
        _write,
        "place",
        notices.PLACES,
        gettext_lazy("Other title, speakers or access information"),
    )
)
