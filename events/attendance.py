"""Who was there and for how long, from the tools' reports: told apart by address, never by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from events import stamps
from events.reports import Kind, Report, Row
from events.stamps import Order

Stay = tuple[datetime, datetime]  # joined, left; UTC
_ROLES = ("host", "panelist", "attendee")  # who speaks is no attendee, whatever else they were


@dataclass
class Attendee:
    """One address in a report, or one name where no address is given."""

    name: str
    email: str = ""  # trimmed and lower-cased
    role: str = ""
    stays: list[Stay] = field(default_factory=list)
    connections: int = 0
    seconds_reported: int = 0  # the sum of what the tool says of each connection
    cap: int | None = None  # seconds, where the stays hold gaps or the tool gives no times
    approvals: list[str] = field(default_factory=list)  # of each registration, in order
    answers: dict[str, str] = field(default_factory=dict)

    def seconds(self, window: Stay | None = None) -> int:
        """Return how long they were there, at most within the window; twice at once counts once."""
        if not self.stays:
            length = (window[1] - window[0]).total_seconds() if window else self.seconds_reported
            return min(self.cap or 0, int(length))
        found = union(self.stays, window)
        return found if self.cap is None else min(found, self.cap)


@dataclass(frozen=True)
class Ignored:
    """A line that says nothing of attendance, with the reason's name."""

    row: Row
    reason: str  # "waiting" (in the waiting room), "absent" or "unreadable" (no time in it)


@dataclass(frozen=True)
class Attendance:
    """What a report says: who was there, and the lines that say nothing of it."""

    kind: Kind
    people: list[Attendee]
    ignored: list[Ignored]


def union(stays: Iterable[Stay], window: Stay | None = None) -> int:
    """Return the seconds that stays cover together, at most within the window."""
    total, until = timedelta(), None
    for joined, left in sorted(stays):
        start, stop = joined, left
        if window:
            start, stop = max(start, window[0]), min(stop, window[1])
        if until is not None:
            start = max(start, until)
        if stop > start:
            total += stop - start
            until = stop
    return int(total.total_seconds())


def of(report: Report, *, held_on: date, zone: ZoneInfo, order: Order | None = None) -> Attendance:
    """Return who was there; clocks are the zone's, and dates are read in this order if given.

    Raises stamps.OrderOpen when the order of day and month cannot be told.
    """
    if order is None:
        order = stamps.order_of([text for row in report.rows for text in _times(row)], held_on)
    people: dict[str, Attendee] = {}
    registrations: dict[str, set[str]] = {}
    ignored = []
    for row in report.rows:
        if row.waited:
            ignored.append(Ignored(row, "waiting"))
            continue
        key = address(row.email) or f"\0{row.name}"
        person = people.setdefault(key, Attendee(row.name, address(row.email)))
        _note(person, row, registrations.setdefault(key, set()))
        reason = _add(person, row, zone, order)
        if reason:
            ignored.append(Ignored(row, reason))
    return Attendance(report.kind, list(people.values()), ignored)


def address(text: str) -> str:
    """Return an address as it is compared: trimmed and in small letters, and nothing cleverer."""
    text = text.strip().lower()
    return text if "@" in text else ""


def together(attendances: Iterable[Attendance]) -> Mapping[str, list[Attendee]]:
    """Return everybody of several reports by address, or by name where none is given."""
    found: dict[str, list[Attendee]] = {}
    for attendance in attendances:
        for person in attendance.people:
            found.setdefault(person.email or f"\0{person.name}", []).append(person)
    return found


def _times(row: Row) -> Iterator[str]:
    yield from filter(None, (row.joined, row.left))


def _note(person: Attendee, row: Row, seen: set[str]) -> None:
    """Keep who they are and how they registered; a row repeats the registration it hangs on."""
    ranks = [role for role in _ROLES if role in (person.role, row.role)]
    person.role = ranks[0] if ranks else person.role or row.role
    person.name = person.name or row.name
    if row.registered and row.registered not in seen:
        seen.add(row.registered)
        person.approvals.append(row.approval)
    person.answers.update(row.answers)


def _add(person: Attendee, row: Row, zone: ZoneInfo, order: Order) -> str:
    """Add a connection; return why there is none to add, or ""."""
    lasted = stamps.length(row.lasted) or 0
    if not row.joined and not row.left:
        if not lasted:
            return "absent"
        # Totals without times: the same person in a second export is not there for longer.
        person.cap = max(person.cap or 0, lasted)
    else:
        try:
            joined = stamps.moment(row.joined, order, zone)
            left = stamps.moment(row.left, order, zone)
        except stamps.NotAMoment:
            return "unreadable"
        if left < joined:
            return "unreadable"
        person.stays.append((joined, left))
        if row.is_whole and lasted:
            person.cap = (person.cap or 0) + lasted
    person.connections += 1
    person.seconds_reported += lasted
    return ""
