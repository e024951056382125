"""What search engines read of a public webinar (schema.org): no more than its page says."""

from typing import Any

from django.conf import settings

from webinars.models import Webinar

SCHEMA = "https://schema.org"


def event(webinar: Webinar) -> dict[str, Any] | None:
    """Return the webinar as an event; None for one that is not everybody's."""
    if webinar.state == Webinar.State.DRAFT or webinar.visibility != Webinar.Visibility.PUBLIC:
        return None
    address = f"{settings.SITE_URL}{webinar.get_absolute_url()}"
    status = "EventCancelled" if webinar.is_cancelled else "EventScheduled"
    said = {
        "@context": SCHEMA,
        "@type": "EducationEvent",
        "name": webinar.title,
        "url": address,
        **_times(webinar),
        "eventStatus": f"{SCHEMA}/{status}",
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "isAccessibleForFree": True,
        "location": {"@type": "VirtualLocation", "url": address},
        "organizer": {"@type": "Organization", "name": "CIWO", "url": settings.SITE_URL},
    }
    return said | ({"description": webinar.summary} if webinar.summary else {})


def _times(webinar: Webinar) -> dict[str, str]:
    """Return the times in the announced zone; of a day without hours only the day."""
    if webinar.zone is None or webinar.starts_at is None or webinar.ends_at is None:
        return {"startDate": webinar.held_on.isoformat()}
    return {
        "startDate": webinar.starts_at.astimezone(webinar.zone).isoformat(),
        "endDate": webinar.ends_at.astimezone(webinar.zone).isoformat(),
    }
