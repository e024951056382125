"""Who attended, as tables to take along: at once for few rows, by the worker for many."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from agencies.models import Agency
from agencies.permissions import can_manage_people, is_organiser
from jobs import kinds
from jobs.kinds import Made, Order, Progress
from library.sheets import csv_content
from notifications.claiming import database_time
from records.models import Attendance, AttendanceQuerySet
from records.permissions import closable
from webinars.models import Webinar

FEW = 1000  # rows, which are written out within a second
WEBINAR, AGENCY = "records/attendance", "records/learning"


@dataclass(frozen=True)
class Table:
    """One of the tables, and the order to have it made."""

    name: str  # of the file, without its ending
    header: list[str]
    rows: AttendanceQuerySet
    line: Callable[[Attendance], list[object]]
    order: Order

    @property
    def is_large(self) -> bool:
        """Whether there are so many rows that the worker makes it."""
        return self.rows.count() > FEW

    def lines(self, progress: Progress = kinds.silent) -> Iterator[list[object]]:
        """Yield a line for each row."""
        total = len(self.rows)
        for number, row in enumerate(self.rows):
            progress(number, total)
            yield self.line(row)


def of_webinar(webinar: Webinar) -> Table:
    """Return who attended a webinar."""
    header = [_("Name"), _("E-mail"), _("Agency then"), _("Minutes"), _("Measured"), _("Attended")]
    title = _("Attendance: %s") % webinar.title
    back = reverse("records:attendance", args=[webinar.slug])
    order = Order(WEBINAR, {"webinar": webinar.pk}, title, back)
    rows = webinar.attendances.by_name()
    return Table(f"{webinar.slug}-attendance", [*header, _("Reason")], rows, _came, order)


def of_agency(agency: Agency, day: date) -> Table:
    """Return what an agency's people attended, a line for each person and webinar."""
    header = [_("Name"), _("E-mail"), _("Webinar"), _("Date"), _("Topics"), _("Minutes")]
    title = _("Learning record: %s") % agency.name
    back = reverse("records:agency-learning", args=[agency.slug])
    order = Order(AGENCY, {"agency": agency.pk}, title, back)
    rows = Attendance.objects.in_agencies([agency]).attended().with_topics()
    name = f"{agency.slug}-learning-{day.isoformat()}"
    return Table(name, header, rows, _learned, order)


def _came(row: Attendance) -> list[object]:
    person: Any = row.person
    came = _("yes") if row.attended else _("no")
    agency = str(row.agency) if row.agency else ""
    return [person.name, person.email, agency, row.minutes, row.measured_minutes, came, row.reason]


def _learned(row: Attendance) -> list[object]:
    topics = "; ".join(topic.name for topic in row.webinar.topics.all())
    webinar, person = row.webinar, row.person
    return [person.name, person.email, webinar.title, webinar.held_on, topics, row.minutes]


def _made(table: Table, progress: Progress) -> Made:
    content = csv_content(table.header, table.lines(progress))
    return Made(_("The table is ready."), content, f"{table.name}.csv")


def _make_webinar(person: User, about: dict[str, Any], progress: Progress) -> Made:
    webinar = closable(person, database_time()).get(pk=about["webinar"])
    return _made(of_webinar(webinar), progress)


def _may_have_webinar(person: User, about: dict[str, Any]) -> bool:
    webinars = closable(person, database_time())
    return is_organiser(person) and webinars.filter(pk=about["webinar"]).exists()


def _make_agency(person: User, about: dict[str, Any], progress: Progress) -> Made:
    agency = Agency.objects.visible_to(person).get(pk=about["agency"])
    return _made(of_agency(agency, database_time().date()), progress)


def _may_have_agency(person: User, about: dict[str, Any]) -> bool:
    agency = Agency.objects.visible_to(person).filter(pk=about["agency"]).first()
    return agency is not None and can_manage_people(person, agency)


kinds.register(
    kinds.Kind(WEBINAR, _make_webinar, _may_have_webinar),
    kinds.Kind(AGENCY, _make_agency, _may_have_agency),
)
