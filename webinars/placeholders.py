"""What a text about a webinar may say of it and of its reader."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import zones
from notifications.placeholders import Placeholder
from webinars import join_links
from webinars.models import Registration, Webinar

_OF_EVERY_TEXT = (
    Placeholder("person.name", gettext_lazy("The reader's name"), "Pat Doe"),
    Placeholder("webinar.title", gettext_lazy("The webinar's title"), "Wage liens in practice"),
    Placeholder(
        "starts",
        gettext_lazy("When it starts, seen from the day of sending, in the reader's zone"),
        "tomorrow at 10:00 a.m. Pacific",
    ),
    Placeholder(
        "when",
        gettext_lazy("Day and hours in the reader's zone, with the announced ones beside them"),
        "Thursday, January 14, 2027\n10:00 to 11:15 a.m. Pacific (your time)\n"
        "1:00 to 2:15 p.m. Eastern (organizer's time)",
    ),
    Placeholder(
        "join_link",
        gettext_lazy("Where to join; empty for who holds no seat and once it is over"),
        "https://portal.example.org/join/…/",
        is_link=True,
    ),
    Placeholder(
        "page_link",
        gettext_lazy("The webinar's page"),
        "https://portal.example.org/webinars/wage-liens/",
        is_link=True,
    ),
    Placeholder(
        "my_link",
        gettext_lazy("The reader's own page"),
        "https://portal.example.org/my/",
        is_link=True,
    ),
    Placeholder(
        "access", gettext_lazy("Access information of the webinar"), "Live captions are on."
    ),
)
KNOWN = {one.name: one for one in _OF_EVERY_TEXT}
LINKS = frozenset(one.name for one in _OF_EVERY_TEXT if one.is_link)


def values(place: Registration, now: datetime) -> dict[str, str]:
    """Return what each placeholder stands for in a text to who has this place."""
    webinar, zone = place.webinar, place.person.time_zone
    is_shown = place.state == Registration.State.REGISTERED and webinar.is_coming(now)
    return {
        "person.name": str(place.person),
        "webinar.title": webinar.title,
        "starts": zones.start_in_words(webinar.starts_at, zone, now) if webinar.starts_at else "",
        "when": when(webinar, zone),
        "join_link": join_links.url(place) if is_shown else "",
        "page_link": settings.SITE_URL + webinar.get_absolute_url(),
        "my_link": settings.SITE_URL + reverse("my"),
        "access": webinar.access_information,
    }


def samples() -> dict[str, str]:
    """Return an example of every value."""
    return {one.name: one.sample for one in KNOWN.values()}


def when(webinar: Webinar, zone: str) -> str:
    """Say when it is for a reader in this zone, with the announced time beside it."""
    if webinar.starts_at is None or webinar.ends_at is None:
        return zones.day_in_words(webinar.held_on)
    announced = zones.in_words(webinar.starts_at, webinar.ends_at, webinar.time_zone)
    if zone == webinar.time_zone:
        return f"{announced.day}\n{announced.hours}"
    mine = zones.in_words(webinar.starts_at, webinar.ends_at, zone)
    day = "" if mine.day == announced.day else f"{announced.day}, "
    yours, theirs = _("(your time)"), _("(organizer's time)")
    return f"{mine.day}\n{mine.hours} {yours}\n{day}{announced.hours} {theirs}"
