"""What a text about a webinar may say of it and of its reader."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import zones
from notifications.placeholders import Placeholder
from webinars import join_links, personal
from webinars.models import Registration, Webinar

PAGE = "https://portal.example.org/webinars/wage-liens/"


def _word(name: str, says: str | Promise, sample: str) -> Placeholder:
    return Placeholder(name, says, sample, is_link=name.endswith("_link"))


_ALL = (
    _word("person.name", gettext_lazy("The reader's name"), "Pat Doe"),
    _word("webinar.title", gettext_lazy("The webinar's title"), "Wage liens in practice"),
    _word(
        "starts",
        gettext_lazy("When it starts, seen from the day of sending, in the reader's zone"),
        "tomorrow at 10:00 a.m. Pacific",
    ),
    _word(
        "when",
        gettext_lazy("Day and hours in the reader's zone, with the announced ones beside them"),
        "Thursday, January 14, 2027\n10:00 to 11:15 a.m. Pacific (your time)\n"
        "1:00 to 2:15 p.m. Eastern (organizer's time)",
    ),
    _word(
        "your_place",
        gettext_lazy("Whether the reader has a seat, or which number in line"),
        "You have a seat.",
    ),
    _word(
        "join_link",
        gettext_lazy("The reader's own link to join; none without a seat and once it is over"),
        "https://portal.example.org/join/…/",
    ),
    _word("page_link", gettext_lazy("The webinar's page"), PAGE),
    _word(
        "place_link",
        gettext_lazy("Where the reader changes or gives up the place, without signing in"),
        "https://portal.example.org/place/…/",
    ),
    _word("my_link", gettext_lazy("The reader's own page"), "https://portal.example.org/my/"),
    _word("access", gettext_lazy("Access information of the webinar"), "Live captions are on."),
)
KNOWN = {one.name: one for one in _ALL}
LINKS = frozenset(one.name for one in _ALL if one.is_link)
PERSONAL_WORDS = frozenset({"person.name", "join_link", "place_link"})
PERSONAL = ("join_link", "place_link")  # whoever has one of these acts for its reader
# Only some messages have these.
REASON = _word("reason", gettext_lazy("Why it was moved or canceled"), "A public holiday.")
WAS = _word(
    "was",
    gettext_lazy("When it was before"),
    "Wednesday, January 13, 2027, 1:00 to 2:15 p.m. Eastern",
)
REMINDERS = _word(
    "reminders",
    gettext_lazy("When reminders come; nothing when none is due any more"),
    "We remind you 7 days, 1 day and 1 hour before.",
)
OPINION = _word(
    "opinion_link",
    gettext_lazy("Three questions about the webinar"),
    "https://portal.example.org/webinars/wage-liens/pulse/",
)


def values(place: Registration, now: datetime) -> dict[str, str]:
    """Return what each placeholder stands for in a text to who has this place."""
    webinar, zone = place.webinar, place.person.time_zone
    is_seated = place.state == Registration.State.REGISTERED
    return {
        "person.name": str(place.person),
        "webinar.title": webinar.title,
        "starts": zones.start_in_words(webinar.starts_at, zone, now) if webinar.starts_at else "",
        "when": when(webinar, zone),
        "your_place": _your_place(place),
        "join_link": join_links.url(place) if is_seated and webinar.is_coming(now) else "",
        "page_link": settings.SITE_URL + webinar.get_absolute_url(),
        "place_link": personal.url(webinar, place.person),
        "opinion_link": settings.SITE_URL + reverse("records:pulse", args=[webinar.slug]),
        "my_link": settings.SITE_URL + reverse("my"),
        "access": webinar.access_information,
        "reason": webinar.change_reason,
    }


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


def _your_place(place: Registration) -> str:
    if place.state == Registration.State.REGISTERED:
        return _("You have a seat.")
    if place.state == Registration.State.PENDING:
        return _("An organizer still looks at your registration.")
    position = place.webinar.registrations.position(place)
    words = _("You are number %(position)s on the waitlist.")
    return words % {"position": position} if position else ""
