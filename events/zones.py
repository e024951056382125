"""Times in two zones side by side: the one that was announced and the reader's own."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The zones of the United States by the names that people use; never "EST" in summer.
US_ZONES = {
    "America/New_York": gettext_lazy("Eastern"),
    "America/Detroit": gettext_lazy("Eastern (Detroit)"),
    "America/Indiana/Indianapolis": gettext_lazy("Eastern (Indianapolis)"),
    "America/Chicago": gettext_lazy("Central"),
    "America/Denver": gettext_lazy("Mountain"),
    "America/Boise": gettext_lazy("Mountain (Boise)"),
    "America/Phoenix": gettext_lazy("Arizona"),
    "America/Los_Angeles": gettext_lazy("Pacific"),
    "America/Anchorage": gettext_lazy("Alaska"),
    "Pacific/Honolulu": gettext_lazy("Hawaii"),
    "America/Puerto_Rico": gettext_lazy("Atlantic (Puerto Rico)"),
    "Pacific/Guam": gettext_lazy("Chamorro (Guam)"),
}
# What a page lists under "Other time zones".
COMMON = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)


class NoSuchTime(Exception):
    """The clocks skip this time on this day."""


@dataclass(frozen=True)
class When:
    """An event's time in words for one zone."""

    day: str  # Thursday, January 14, 2027
    hours: str  # 1:00 to 2:15 p.m. Eastern


def zone_name(zone: str) -> str:
    """Return the common name of an IANA zone, or its city."""
    return str(US_ZONES.get(zone, zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")))


def in_words(starts_at: datetime, ends_at: datetime, zone: str) -> When:
    """Say when an event is, in the given zone."""
    start, end = (moment.astimezone(ZoneInfo(zone)) for moment in (starts_at, ends_at))
    return When(day_in_words(start.date()), f"{_hours(start, end)} {zone_name(zone)}")


def start_in_words(starts_at: datetime, zone: str, now: datetime) -> str:
    """Say when something starts, seen from `now`: tomorrow at 10:00 a.m. Pacific."""
    local = starts_at.astimezone(ZoneInfo(zone))
    days = (local.date() - now.astimezone(ZoneInfo(zone)).date()).days
    clock = f"{_clock(local)} {zone_name(zone)}"
    if starts_at <= now:
        return _("now; it began at %(clock)s") % {"clock": clock}
    if days == 0:
        return _("today at %(clock)s") % {"clock": clock}
    if days == 1:
        return _("tomorrow at %(clock)s") % {"clock": clock}
    return _("on %(day)s, at %(clock)s") % {"day": day_in_words(local.date()), "clock": clock}


def comes_twice(day: date, hour: int, minute: int, zone: str) -> bool:
    """Whether the clocks are set back over this wall-clock time on this day."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
    return local.utcoffset() != local.replace(fold=1).utcoffset()


def clock_in_words(moment: datetime, zone: str) -> str:
    """Say the time of day in the given zone: 1:00 p.m."""
    return _clock(moment.astimezone(ZoneInfo(zone)))


def moment_in_words(moment: datetime, zone: str) -> str:
    """Say a moment in the given zone: Thursday, January 14, 2027, at 1:00 p.m. Eastern."""
    local = moment.astimezone(ZoneInfo(zone))
    said = {"day": day_in_words(local.date()), "clock": f"{_clock(local)} {zone_name(zone)}"}
    return _("%(day)s, at %(clock)s") % said


def moment_beside(moment: datetime, zone: str, other: str) -> str:
    """Say a moment in the reader's zone, with another zone's clock beside it where they differ.

    Without a zone of the reader's the other stands alone.
    """
    if not zone:
        return moment_in_words(moment, other)
    mine, theirs = (moment.astimezone(ZoneInfo(name)) for name in (zone, other))
    said = moment_in_words(moment, zone)
    if mine.utcoffset() == theirs.utcoffset():
        return said
    clock = f"{_clock(theirs)} {zone_name(other)}"
    if mine.date() != theirs.date():
        clock = moment_in_words(moment, other)
    return f"{said} ({clock})"


def day_in_words(day: date) -> str:
    """Say a day in full: Thursday, January 14, 2027."""
    return dateformat.format(day, _("l, F j, Y"))


def instant(day: date, hour: int, minute: int, zone: str) -> datetime:
    """Return the instant of a wall-clock time; of one that comes twice the first.

    Raises NoSuchTime for a time that the clocks skip.
    """
    tz = ZoneInfo(zone)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=tz)
    if local.astimezone(ZoneInfo("UTC")).astimezone(tz).replace(fold=0) != local:
        raise NoSuchTime
    return local.astimezone(ZoneInfo("UTC"))


def _hours(start: datetime, end: datetime) -> str:
    first, last = _clock(start), _clock(end)
    if start.date() != end.date():
        return _("%(start)s to %(end)s on %(day)s,") % {
            "start": first,
            "end": last,
            "day": dateformat.format(end, _("F j")),
        }
    if first[-4:] == last[-4:]:  # the same half of the day is said once
        first = first[:-5]
    return _("%(start)s to %(end)s") % {"start": first, "end": last}


def _clock(moment: datetime) -> str:
    half = "a.m." if moment.hour < 12 else "p.m."
    return f"{moment.hour % 12 or 12}:{moment:%M} {half}"
