"""The calendar parts of messages about a webinar: for who has a place, and for speakers."""

from datetime import datetime

from django.utils.translation import gettext as _

from events import ical
from events.ical import Guest
from webinars import personal, speaker_links
from webinars.models import Presenter, Registration


def of_place(place: Registration, method: str, join_url: str, made_at: datetime) -> bytes:
    """Return the webinar for the calendar of somebody with a seat; of what is off without a link.

    Of a seat that was taken again the sequence is higher than that of the one given up.
    """
    webinar, person = place.webinar, place.person
    words = _(
        "An answer in your calendar program does not free your seat. If you cannot come, give it "
        "up here: %(url)s"
    )
    before = place.times_left - (place.state == Registration.State.CANCELLED)
    return ical.invitation(
        webinar,
        Guest(str(person), person.email),
        method,
        join_url if method == "REQUEST" else "",
        made_at=made_at,
        note=words % {"url": personal.url(webinar, person)},
        raised_by=max(before, 0),
    )


def of_speaker(presenter: Presenter, method: str, made_at: datetime) -> bytes | None:
    """Return the webinar for a speaker's calendar, once it is announced."""
    if not presenter.webinar.is_announced:
        return None
    url = speaker_links.url(presenter)
    words = _("An answer in your calendar program does not reach us. Your own page: %(url)s")
    return ical.invitation(
        presenter.webinar,
        Guest(presenter.name, presenter.email),
        method,
        url if method == "REQUEST" else "",
        made_at=made_at,
        note=words % {"url": url},
    )
