"""What a reader knows of an event, and what of it as it is now would be news to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from events import zones
from events.models import Event


def of(event: Event, link: str = "") -> dict[str, Any]:
    """Return the event as a message tells it, to be compared with later; `link` if it is told."""
    times = [moment.isoformat() for moment in (event.starts_at, event.ends_at) if moment]
    said = {"times": times, "zone": event.time_zone, "link": link}
    return said | {"is_cancelled": event.is_cancelled}


def left_to_tell(event: Event, known: Mapping[str, Any], link: str = "") -> str:
    """Return "cancelled", "reinstated", "moved" or "relinked", or nothing if all is known."""
    now = of(event, link)
    if now["is_cancelled"] != known["is_cancelled"]:
        return "cancelled" if now["is_cancelled"] else "reinstated"
    if now["is_cancelled"]:
        return ""
    if any(now[name] != known[name] for name in ("times", "zone")):
        return "moved"
    return "relinked" if now["link"] != known["link"] else ""


def was(event: Event, times: list[str] | None, zone: str) -> zones.When | None:
    """Return the hours that the reader knows in words, if they are others than now."""
    if not times or len(times) < 2 or times == of(event)["times"]:
        return None
    starts_at, ends_at = map(datetime.fromisoformat, times)
    return zones.in_words(starts_at, ends_at, zone)
