"""What search engines read of a public webinar and its recording (schema.org).

It is no more than the pages say.
"""

from typing import Any

from django.conf import settings
from django.templatetags.static import static

from records.models import Recording
from webinars.models import Webinar

SCHEMA = "https://schema.org"


def event(webinar: Webinar) -> dict[str, Any] | None:
    """Return the webinar as an event; None for one that is not everybody's."""
    if not webinar.is_announced or webinar.visibility != Webinar.Visibility.PUBLIC:
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


def video(recording: Recording) -> dict[str, Any] | None:
    """Return the recording as a video with its chapters; None for one that is not everybody's."""
    if not recording.is_public() or recording.published_at is None:
        return None
    webinar = recording.webinar
    page = f"{settings.SITE_URL}{recording.get_absolute_url()}"
    said: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "VideoObject",
        "name": webinar.title,
        "url": page,
        "uploadDate": recording.published_at.isoformat(),
        "duration": f"PT{recording.length}S",
        "thumbnailUrl": f"{settings.SITE_URL}{static('img/share.png')}",
        "contentUrl": f"{page}video" if recording.file else recording.link,
        "caption": {
            "@type": "MediaObject",
            "contentUrl": f"{page}captions.vtt",
            "encodingFormat": "text/vtt",
        },
        "isAccessibleForFree": True,
    }
    parts = [_clip(page, *one) for one in _spans(recording)]
    said |= {"hasPart": parts} if parts else {}
    return said | ({"description": webinar.summary} if webinar.summary else {})


def _spans(recording: Recording) -> list[tuple[int, int, str]]:
    """Return each chapter with the second at which the next one begins."""
    starts = [start for start, _title in recording.chapters]
    ends = [*starts, recording.length][1:]
    return [
        (start, end, title)
        for (start, title), end in zip(recording.chapters, ends, strict=True)
        if end > start
    ]


def _clip(page: str, start: int, end: int, title: str) -> dict[str, Any]:
    return {
        "@type": "Clip",
        "name": title,
        "startOffset": start,
        "endOffset": end,
        "url": f"{page}?t={start}",
    }


def _times(webinar: Webinar) -> dict[str, str]:
    """Return the times in the announced zone; of a day without hours only the day."""
    if webinar.zone is None or webinar.starts_at is None or webinar.ends_at is None:
        return {"startDate": webinar.held_on.isoformat()}
    return {
        "startDate": webinar.starts_at.astimezone(webinar.zone).isoformat(),
        "endDate": webinar.ends_at.astimezone(webinar.zone).isoformat(),
    }
