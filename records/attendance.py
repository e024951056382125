"""Read attendance reports, match people by address, and decide who attended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User
from agencies.models import Membership
from events.attendance import Attendance as Read
from events.attendance import Attendee, Stay, union
from events.reports import Row
from records.models import Attendance, AttendanceReport, Closing, ReportedPerson
from webinars import registration
from webinars.models import Registration, Webinar

Standing = ReportedPerson.Standing
FORGOTTEN_AFTER = timedelta(days=1)  # what was read and not confirmed
_RAN_IT = {
    *("host", "organizer", "organiser", "co-organizer", "co-organiser"),
    *("organisator", "mitorganisator", "organizador", "coorganizador"),
    *("organisateur", "coorganisateur", "co-organisateur", "organisatrice"),
}


class NobodyThere(Exception):
    """No person of the portal has this verified address."""


@dataclass(frozen=True)
class File:
    """A file that was read: its fingerprint, its name, and what it says."""

    sha256: str
    name: str
    time_zone: str
    read: Read


@transaction.atomic
def take_in(*, webinar: Webinar, files: Iterable[File], by: User, now: datetime) -> int:
    """Keep what the files say for the organiser to look at; return how many are new.

    A file that was read before changes nothing, and nothing counts before it is confirmed.
    """
    webinar = registration.hold(webinar)
    waiting = webinar.attendance_reports.filter(confirmed_at__isnull=True)
    waiting.filter(read_at__lt=now - FORGOTTEN_AFTER).delete()
    known = set(webinar.attendance_reports.values_list("sha256", flat=True))
    number = 0
    for file in files:
        if file.sha256 in known:
            continue
        known.add(file.sha256)
        _add(webinar, file, by, now)
        number += 1
    return number


@transaction.atomic
def confirm(*, webinar: Webinar, now: datetime) -> int:
    """Count what was read; return how many files that are. Twice changes nothing."""
    webinar = registration.hold(webinar)
    number = webinar.attendance_reports.filter(confirmed_at__isnull=True).update(confirmed_at=now)
    if number:
        count(webinar)
    return number


def discard(*, webinar: Webinar) -> None:
    """Forget what was read and not confirmed."""
    webinar.attendance_reports.filter(confirmed_at__isnull=True).delete()


@transaction.atomic
def assign(*, webinar: Webinar, row: ReportedPerson, email: str) -> User | None:
    """Say who somebody in the reports is, by a verified address; without one: unidentified.

    What other reports of the webinar say under the same address or name goes along.
    Raises NobodyThere.
    """
    webinar = registration.hold(webinar)
    email = email.strip().lower()
    person = _people(webinar, [email]).get(email) if email else None
    if email and person is None:
        raise NobodyThere
    same = {"email": row.email} if row.email else {"email": "", "name": row.name}
    standing = Standing.ASSIGNED if person else Standing.UNIDENTIFIED
    rows = ReportedPerson.objects.filter(report__webinar=webinar, **same)
    rows.update(person=person, standing=standing)
    count(webinar)
    return person


@transaction.atomic
def set_rule(*, webinar: Webinar, needed: int, unit: str) -> None:
    """Say how long somebody must have been there to have attended."""
    webinar = registration.hold(webinar)
    Closing.objects.update_or_create(webinar=webinar, defaults={"needed": needed, "unit": unit})
    count(webinar)


@transaction.atomic
def decide(
    *, attendance: Attendance, minutes: int | None, reason: str, by: User, now: datetime
) -> None:
    """Decide by hand: so many minutes count, or None that the person did not attend."""
    webinar, attendance = _hold(attendance)
    attendance.attended = minutes is not None
    attendance.seconds = (minutes or 0) * 60
    attendance.reason, attendance.decided_by, attendance.decided_at = reason, by, now
    attendance.save()
    _tell_places(webinar)


@transaction.atomic
def undecide(*, attendance: Attendance) -> None:
    """Let the reports and the rule decide again."""
    webinar, attendance = _hold(attendance)
    attendance.reason, attendance.decided_by, attendance.decided_at = "", None, None
    attendance.save()
    count(webinar)


def count(webinar: Webinar) -> None:
    """Work out for each person how long they were there; the caller holds the webinar.

    Who holds a seat and is in no report stays at nothing; what was decided by hand stays decided.
    """
    window = window_of(webinar)
    needed = rule_of(webinar).needed_seconds(window[1] - window[0])
    measured = _measured(webinar, window)
    wanted = {*measured, *webinar.registrations.seated().values_list("person", flat=True)}
    webinar.attendances.filter(decided_at__isnull=True).exclude(person__in=wanted).delete()
    rows = [*webinar.attendances.all(), *_newcomers(webinar, wanted)]
    for row in rows:
        row.measured = measured.get(row.person_id, 0)
        if row.decided_at is None:
            row.seconds, row.attended = row.measured, row.measured >= needed
    fields = ["measured", "seconds", "attended"]
    Attendance.objects.bulk_create([row for row in rows if row.pk is None])
    Attendance.objects.bulk_update([row for row in rows if row.pk], fields, batch_size=500)
    _tell_places(webinar)


def window_of(webinar: Webinar) -> Stay:
    """Return when the webinar was scheduled; only one that has hours is counted."""
    assert webinar.starts_at is not None and webinar.ends_at is not None  # noqa: PT018, S101
    return webinar.starts_at, webinar.ends_at


def rule_of(webinar: Webinar) -> Closing:
    """Return what the organiser decided, or the defaults."""
    return Closing.objects.filter(webinar=webinar).first() or Closing(webinar=webinar)


def unidentified(webinar: Webinar) -> int:
    """Count those in the confirmed reports whom nobody knows and who were there in its time."""
    rows = ReportedPerson.objects.filter(
        report__webinar=webinar,
        report__confirmed_at__isnull=False,
        standing__in=[Standing.OPEN, Standing.UNIDENTIFIED],
    )
    window = window_of(webinar)
    return sum(seconds(group, window) > 0 for group in by_person(rows).values())


def by_person(rows: Iterable[ReportedPerson]) -> Mapping[int | str, list[ReportedPerson]]:
    """Return the rows of each person by their key, or by address or name of nobody we know."""
    found: dict[int | str, list[ReportedPerson]] = {}
    for row in rows:
        found.setdefault(row.person_id or row.email or f"\0{row.name}", []).append(row)
    return found


def seconds(rows: Iterable[ReportedPerson], window: Stay) -> int:
    """Return the time that several rows of one person cover together.

    Connections are united. Totals without them cannot be, so that of these the longest counts:
    a second export of the same meeting must not make anybody's time longer.
    """
    people = [row.attendee() for row in rows]
    exact = union([stay for one in people if one.cap is None for stay in one.stays], window)
    return max([exact, *(one.seconds(window) for one in people if one.cap is not None)])


def _hold(attendance: Attendance) -> tuple[Webinar, Attendance]:
    """Hold the webinar; return it with what is counted now, unless nothing is any more."""
    webinar = registration.hold(attendance.webinar)
    return webinar, webinar.attendances.filter(pk=attendance.pk).first() or attendance


def _add(webinar: Webinar, file: File, by: User, now: datetime) -> None:
    report = AttendanceReport.objects.create(
        webinar=webinar,
        sha256=file.sha256,
        name=file.name[:200],
        kind=file.read.kind,
        time_zone=file.time_zone,
        ignored=[[one.row.number, _who(one.row), one.reason] for one in file.read.ignored],
        read_at=now,
        read_by=by,
    )
    there = [one for one in file.read.people if one.connections]
    known = _people(webinar, [one.email for one in there if one.email])
    assigned = _assigned(webinar)
    registered = set(webinar.registrations.values_list("person", flat=True))
    for one in there:
        person, standing = known.get(one.email), Standing.MATCHED
        if one.role.lower() in _RAN_IT and (person is None or person.pk not in registered):
            person, standing = None, Standing.HOST
        elif person is None:
            person = assigned.get(one.email) if one.email else None
            standing = Standing.ASSIGNED if person else Standing.OPEN
        _row(report, one, person, standing).save()


def _row(
    report: AttendanceReport, one: Attendee, person: User | None, standing: str
) -> ReportedPerson:
    stays = [[joined.isoformat(), left.isoformat()] for joined, left in one.stays]
    who = {"name": one.name[:300], "email": one.email[:320], "role": one.role[:40]}
    return ReportedPerson(
        report=report, stays=stays, cap=one.cap, person=person, standing=standing, **who
    )


def _who(row: Row) -> str:
    return (row.name or row.email)[:300]


def _people(webinar: Webinar, emails: Iterable[str]) -> Mapping[str, User]:
    """Return who has these addresses: registered with one, or proved that it is theirs."""
    wanted = list(emails)
    places = webinar.registrations.filter(person__email__in=wanted).select_related("person")
    proved = (
        EmailAddress.objects.annotate(small=Lower("email"))
        .filter(small__in=wanted, verified=True, user__is_active=True)
        .select_related("user")
    )
    found = {place.person.email: place.person for place in places}
    return found | {one.small: one.user for one in proved}


def _assigned(webinar: Webinar) -> Mapping[str, User]:
    """Return whom an organiser has named for an address in an earlier report."""
    rows = ReportedPerson.objects.filter(report__webinar=webinar, standing=Standing.ASSIGNED)
    named = rows.exclude(email="").exclude(person=None).select_related("person")
    return {row.email: row.person for row in named if row.person}


def _measured(webinar: Webinar, window: Stay) -> Mapping[int, int]:
    """Return the seconds of each person in the scheduled time, over all confirmed reports."""
    rows = ReportedPerson.objects.filter(
        report__webinar=webinar, report__confirmed_at__isnull=False, person__isnull=False
    )
    return {int(pk): seconds(group, window) for pk, group in by_person(rows).items()}


def _newcomers(webinar: Webinar, people: set[int]) -> list[Attendance]:
    """Return new rows for those who have none, each with the agency at the webinar's start."""
    new = people - set(webinar.attendances.values_list("person", flat=True))
    agencies = _agencies(new, window_of(webinar)[0])
    return [
        Attendance(webinar=webinar, person_id=pk, agency_id=agencies.get(pk)) for pk in sorted(new)
    ]


def _agencies(people: set[int], moment: datetime) -> Mapping[int, int]:
    """Return where each worked at that moment, as approved; of several the first asked for."""
    places = Membership.objects.filter(person__in=people, decided_at__lte=moment).exclude(
        ended_at__lte=moment
    )
    then = places.exclude(status=Membership.Status.PENDING).order_by("-asked_at", "-pk")
    return dict(then.values_list("person", "agency"))


def _tell_places(webinar: Webinar) -> None:
    """Keep what the places say of attendance in step."""
    came = webinar.attendances.attended().values("person")
    webinar.registrations.filter(person__in=came).update(attended=True)
    missed = webinar.registrations.exclude(person__in=came)
    missed.filter(state=Registration.State.REGISTERED).update(attended=False)
    missed.exclude(state=Registration.State.REGISTERED).update(attended=None)
