"""What organisers wrote in the place of a message's built-in text about a place."""

from dataclasses import replace

from django.utils import dateformat
from django.utils.translation import gettext as _

from events import zones
from notifications import wordings
from notifications.kinds import Letter
from notifications.models import Notification
from webinars import placeholders
from webinars.models import Registration

State = Registration.State
# Organisers write three texts for the six reminders that they may choose.
_SAME_TEXT = {
    **dict.fromkeys(("fortnight", "week", "days"), "week"),
    "day": "day",
    "hour": "hour",
    "quarter": "hour",
}


def worded(letter: Letter, notification: Notification, place: Registration) -> Letter:
    """Say it in the organisers' own words where they have written some."""
    occasion = _occasion(notification, place)
    wording = wordings.choose(notification.wordings, occasion, place.person.language)
    if wording is None:
        return letter
    was: zones.When | None = letter.context.get("was")
    said = placeholders.values(place, notification.claimed_at) | {
        "was": f"{was.day}, {was.hours}" if was else "",
        "reminders": letter.context["reminders"],
    }
    day = dateformat.format(place.joined_at.astimezone(place.person.zone), "F j, Y")
    why = _("You get this because you registered on %(day)s.") % {"day": day}
    links = wordings.get(occasion).links
    return replace(letter, wording=wording, values=said, links=links, why=why)


def _occasion(notification: Notification, place: Registration) -> str:
    word = notification.kind.removeprefix("webinars/")
    if word == "reminder":
        return f"webinar-reminder-{_SAME_TEXT[notification.context['lead']]}"
    if place.state == State.PENDING:
        return "webinar-pending"  # has no text but ours
    if notification.context.get("why") == "outside":
        return "webinar-outside"  # neither has this
    return (
        "webinar-waiting"
        if word == "receipt" and place.state != State.REGISTERED
        else f"webinar-{word}"
    )
