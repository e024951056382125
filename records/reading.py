"""What an organiser looks at before and after reports count."""

from dataclasses import dataclass

from django.db.models import Count, Q

from events.attendance import Stay
from records.models import AttendanceReport, ReportedPerson
from webinars.models import Registration, Webinar

Standing = ReportedPerson.Standing
SHOWN = 500


@dataclass(frozen=True)
class Line:
    """One person of a report, with the time in the webinar's hours."""

    row: ReportedPerson
    seconds: int
    place: str = ""  # what the person's registration says; "" for none

    @property
    def minutes(self) -> int:
        """The whole minutes."""
        return round(self.seconds / 60)


@dataclass(frozen=True)
class Preview:
    """What reports would change, before they are confirmed."""

    reports: list[AttendanceReport]
    matched: list[Line]
    unmatched: list[Line]
    ignored: list[tuple[str, int, str, str]]  # file, line, who, reason
    is_far_off: bool  # nobody was there in the webinar's hours

    @property
    def people(self) -> int:
        """How many people of the portal it finds."""
        return len({line.row.person_id for line in self.matched})


def preview(webinar: Webinar, window: Stay) -> Preview | None:
    """Return what was read and waits to be confirmed; None for nothing."""
    reports = list(
        webinar.attendance_reports.filter(confirmed_at__isnull=True).order_by("read_at", "pk")
    )
    if not reports:
        return None
    lines = _lines(webinar, window, Q(report__in=reports))
    open_ = {Standing.OPEN, Standing.UNIDENTIFIED}
    hosts = [line for line in lines if line.row.standing == Standing.HOST]
    ignored = [(one.name, line, who, why) for one in reports for line, who, why in one.ignored]
    ignored += [(one.row.report.name, 0, str(one.row), "host") for one in hosts]
    return Preview(
        reports,
        [line for line in lines if line.row.person],
        [line for line in lines if line.row.standing in open_],
        ignored[:SHOWN],
        bool(lines) and not any(line.seconds for line in lines),
    )


def unknown(webinar: Webinar, window: Stay) -> list[Line]:
    """Return those of the confirmed reports whom the portal does not know, longest first."""
    where = Q(report__confirmed_at__isnull=False, standing=Standing.OPEN)
    lines = _lines(webinar, window, where)
    return sorted((line for line in lines if line.seconds), key=lambda line: -line.seconds)


def totals(webinar: Webinar) -> dict[str, int]:
    """Count who attended, and who held a seat and did not."""
    rows = webinar.attendances
    missed = ~Q(attended=True)
    found = rows.aggregate(
        came=Count("pk", filter=Q(attended=True)), missed=Count("pk", filter=missed)
    )
    return {"came": found["came"], "missed": found["missed"]}


def _lines(webinar: Webinar, window: Stay, where: Q) -> list[Line]:
    rows = (
        ReportedPerson.objects.filter(where, report__webinar=webinar)
        .select_related("person", "report")
        .order_by("name", "pk")[:SHOWN]
    )
    places = {place.person_id: place for place in webinar.registrations.all()}
    return [
        Line(row, row.attendee().seconds(window), _said(places.get(row.person_id or 0)))
        for row in rows
    ]


def _said(place: Registration | None) -> str:
    return place.get_state_display() if place else ""
