"""Links that open a public event, ready to be kept, in the calendars that live on the web."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings

from events.models import Event

_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.office.com/calendar/0/deeplink/compose"


def google(event: Event) -> str:
    """Return the link to Google Calendar; "" where only the day is known."""
    if event.starts_at is None or event.ends_at is None:
        return ""
    asked = {
        "action": "TEMPLATE",
        "text": event.title,
        "dates": f"{_basic(event.starts_at)}/{_basic(event.ends_at)}",
        "ctz": event.time_zone,
        "details": _page(event),
        "location": _page(event),
    }
    return f"{_GOOGLE}?{urlencode(asked)}"


def outlook(event: Event) -> str:
    """Return the link to Outlook on the web; "" where only the day is known."""
    if event.starts_at is None or event.ends_at is None:
        return ""
    asked = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": event.title,
        "startdt": event.starts_at.astimezone(UTC).isoformat(),
        "enddt": event.ends_at.astimezone(UTC).isoformat(),
        "body": _page(event),
        "location": _page(event),
    }
    return f"{_OUTLOOK}?{urlencode(asked)}"


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _page(event: Event) -> str:
    return f"{settings.SITE_URL}{event.get_absolute_url()}"
