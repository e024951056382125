"""Attendance: read, looked at, confirmed, assigned and decided; twice changes nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from agencies.models import Membership
from records import attendance
from records.models import Attendance, AttendanceReport, ReportedPerson
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_member,
    make_registration,
    make_user,
    make_webinar,
)
from webinars.models import Webinar

SAMPLES = Path(__file__).parents[1] / "events" / "attendance_samples"
ZOOM, TEAMS = "zoom_webinar_attendee_report.csv", "teams_attendance_report.csv"
START = datetime(2026, 9, 15, 18, 0, tzinfo=UTC)
PRIYA, JOSE = "priya.shah@alder-falls.example.gov", "jose.nunez@workers-center.example.org"


@pytest.fixture
def webinar() -> Webinar:
    """The webinar of the samples, with three of its people registered and one who did not come."""
    found = make_webinar(
        slug="held", starts_at=START, ends_at=START + timedelta(minutes=90), title="Held"
    )
    for email in (PRIYA, JOSE, "room2@pine-city.example.gov", "nobody@example.org"):
        make_registration(found, make_user(email=email, name=email.split("@", maxsplit=1)[0]))
    return found


def at(webinar: Webinar, word: str = "") -> str:
    return f"/manage/webinars/{webinar.slug}/attendance/{word}"


def upload(client: Client, webinar: Webinar, *files: Any, **more: str) -> Any:
    given = [
        SimpleUploadedFile(one, (SAMPLES / one).read_bytes()) if isinstance(one, str) else one
        for one in files
    ]
    fields = {"time_zone": "America/New_York", "order": ""} | more
    return client.post(at(webinar), {"reports": given} | fields)


def counted(webinar: Webinar) -> dict[str, tuple[int, bool]]:
    rows = webinar.attendances.by_name()
    return {row.person.email: (row.minutes, row.attended) for row in rows}


def take(client: Client, webinar: Webinar, *files: Any, **more: str) -> None:
    assert upload(client, webinar, *files, **more).status_code == 302
    client.post(at(webinar, "confirm/"))


COUNTED = {
    PRIYA: (90, True),
    JOSE: (8, False),
    "room2@pine-city.example.gov": (90, True),
    "nobody@example.org": (0, False),
}


def test_nothing_counts_before_it_is_confirmed(organiser_client: Client, webinar: Webinar):
    upload(organiser_client, webinar, ZOOM)

    preview = organiser_client.get(at(webinar)).context["preview"]

    assert (counted(webinar), webinar.registrations.filter(attended=None).count()) == ({}, 4)
    assert sorted(line.row.email for line in preview.matched) == sorted([*COUNTED][:3])
    assert "luis.ortega@north-bay.example.gov" in [one.row.email for one in preview.unmatched]
    assert {reason for *_, reason in preview.ignored} == {"absent", "host"}


def test_confirmed_report_counts_each_person(organiser_client: Client, webinar: Webinar):
    take(organiser_client, webinar, ZOOM)

    assert counted(webinar) == COUNTED
    places = webinar.registrations.values_list("person__email", "attended")
    assert dict(places) == {email: came for email, (_, came) in COUNTED.items()}
    assert attendance.unidentified(webinar) == 8


def test_importing_twice_changes_nothing(organiser_client: Client, webinar: Webinar):
    take(organiser_client, webinar, ZOOM)
    again = (SAMPLES / ZOOM).read_bytes()

    take(organiser_client, webinar, ZOOM)
    assert webinar.attendance_reports.count() == 1
    take(organiser_client, webinar, SimpleUploadedFile("again.csv", again + b"\n"))

    assert webinar.attendance_reports.count() == 2
    assert counted(webinar) == COUNTED
    assert attendance.unidentified(webinar) == 8


def test_forgotten_report_leaves_nothing(organiser_client: Client, webinar: Webinar):
    upload(organiser_client, webinar, ZOOM)
    organiser_client.post(at(webinar, "confirm/"), {"discard": "1"})

    organiser_client.post(at(webinar, "confirm/"))

    assert (AttendanceReport.objects.count(), Attendance.objects.count()) == (0, 0)


def test_two_files_of_one_webinar_are_united(organiser_client: Client, webinar: Webinar):
    rows = "Name,Email,Join Time,Leave Time\nJ,{},9/15/2026 {},9/15/2026 {}\n"
    first = rows.format(JOSE, "14:00", "14:30").encode()
    second = rows.format(JOSE.upper(), "14:20", "15:00").encode()

    files = (SimpleUploadedFile("1.csv", first), SimpleUploadedFile("2.csv", second))
    take(organiser_client, webinar, *files)

    assert counted(webinar)[JOSE] == (60, True)


def test_person_who_came_without_registering_is_recorded(
    organiser_client: Client, webinar: Webinar
):
    walk_in, unproved = make_user(email="other@example.org"), make_user(email="m@example.org")
    proved = {"user": walk_in, "verified": True, "email": "m.vega@meridian.example.gov"}
    EmailAddress.objects.create(**proved)
    EmailAddress.objects.create(user=unproved, email="luis.ortega@north-bay.example.gov")

    take(organiser_client, webinar, ZOOM)

    assert counted(webinar) == COUNTED | {"other@example.org": (90, True)}


def test_name_alone_never_matches(organiser_client: Client, webinar: Webinar):
    User.objects.filter(email="nobody@example.org").update(name="Luis Ortega")

    take(organiser_client, webinar, ZOOM)

    assert counted(webinar)["nobody@example.org"] == (0, False)


def test_unknown_person_is_assigned_by_hand(organiser_client: Client, webinar: Webinar):
    take(organiser_client, webinar, ZOOM)
    row = ReportedPerson.objects.get(name="1********42")

    organiser_client.post(at(webinar, "assign/"), {"row": row.pk, "email": " Nobody@Example.org "})

    assert counted(webinar) == COUNTED | {"nobody@example.org": (89, True)}
    assert attendance.unidentified(webinar) == 7


def test_assignment_holds_for_the_next_report(organiser_client: Client, webinar: Webinar):
    take(organiser_client, webinar, ZOOM)
    row = ReportedPerson.objects.get(email="luis.ortega@north-bay.example.gov")
    organiser_client.post(at(webinar, "assign/"), {"row": row.pk, "email": "nobody@example.org"})

    take(organiser_client, webinar, TEAMS)

    assert counted(webinar)["nobody@example.org"] == (88, True)
    assert (
        list(ReportedPerson.objects.filter(email=row.email).values_list("standing"))
        == [("assigned",)] * 2
    )


@pytest.mark.parametrize("given", [{}, {"unidentified": "1", "email": "x@example.org"}])
def test_unknown_person_is_counted_as_unidentified(
    organiser_client: Client, webinar: Webinar, given: dict[str, str]
):
    take(organiser_client, webinar, ZOOM)
    row = ReportedPerson.objects.get(name="1********42")

    organiser_client.post(at(webinar, "assign/"), {"row": row.pk} | given)

    row.refresh_from_db()
    assert (row.standing, attendance.unidentified(webinar)) == ("unidentified", 8)


def test_stranger_cannot_be_assigned(organiser_client: Client, webinar: Webinar):
    make_user(email="unproved@example.org")
    take(organiser_client, webinar, ZOOM)
    row = ReportedPerson.objects.get(name="1********42")

    page = organiser_client.post(
        at(webinar, "assign/"), {"row": row.pk, "email": "unproved@example.org"}, follow=True
    )

    assert "Nobody has unproved@example.org as a verified address" in page.content.decode()
    assert counted(webinar) == COUNTED


def test_rule_decides_who_attended(organiser_client: Client, webinar: Webinar):
    take(organiser_client, webinar, ZOOM)

    refused = organiser_client.post(at(webinar, "rule/"), {"needed": "101", "unit": "percent"})
    organiser_client.post(at(webinar, "rule/"), {"needed": "8", "unit": "minutes"})

    assert "At most 100 percent." in refused.content.decode()
    assert counted(webinar) == COUNTED | {JOSE: (8, True)}


def test_decision_by_hand_stays_with_its_reason(
    organiser_client: Client, organiser: User, webinar: Webinar
):
    take(organiser_client, webinar, ZOOM)
    row = webinar.attendances.get(person__email="nobody@example.org")
    page = organiser_client.post(at(webinar, f"{row.pk}/"), {"came": "yes", "minutes": "60"})

    given = {"came": "yes", "minutes": "60", "reason": "Sat in the conference room"}
    organiser_client.post(at(webinar, f"{row.pk}/"), given)
    organiser_client.post(at(webinar, "rule/"), {"needed": "89", "unit": "minutes"})

    row.refresh_from_db()
    assert "This field is required." in page.content.decode()
    assert (row.minutes, row.measured, row.attended, row.reason) == (60, 0, True, given["reason"])
    assert (row.decided_by, row.decided_at is not None) == (organiser, True)
    given = {"came": "no", "minutes": "0", "reason": "A namesake"}
    organiser_client.post(at(webinar, f"{row.pk}/"), given)
    assert counted(webinar)["nobody@example.org"] == (0, False)
    organiser_client.post(at(webinar, f"{row.pk}/"), {"undo": "1"})
    assert counted(webinar)["nobody@example.org"] == (0, False)


def test_agency_at_that_time_stays(organiser_client: Client, webinar: Webinar):
    then, later = make_agency(name="Then"), make_agency(name="Later")
    person = make_member(then, email=PRIYA.replace("priya", "p"))
    Membership.objects.update(decided_at=START - timedelta(days=9))
    make_registration(webinar, person)
    take(organiser_client, webinar, ZOOM)

    Membership.objects.update(status="ended", ended_at=START + timedelta(days=1))
    Membership.objects.create(
        person=person, agency=later, status="active", asked_at=START, decided_at=START
    )
    organiser_client.post(at(webinar, "rule/"), {"needed": "1", "unit": "minutes"})

    assert webinar.attendances.get(person=person).agency == then


def test_report_of_another_day_is_noticed(organiser_client: Client, webinar: Webinar):
    rows = b"Name,Email,Join Time,Leave Time\nJ,j@a.example,2025-01-01 10:00,2025-01-01 11:00\n"

    upload(organiser_client, webinar, SimpleUploadedFile("old.csv", rows))

    assert organiser_client.get(at(webinar)).context["preview"].is_far_off


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("a.csv", b"", "It is empty."),
        ("b.xlsx", b"PK\x03\x04", "It is not a text table."),
        ("c.csv", b"Name,Email,Join Time\nJ,j@a.example,9/10/2025 10:00\n", "in two ways"),
    ],
)
def test_file_that_cannot_be_read_is_explained(
    organiser_client: Client, webinar: Webinar, name: str, raw: bytes, words: str
):
    page = upload(organiser_client, webinar, SimpleUploadedFile(name, raw))

    assert words in page.content.decode()
    assert AttendanceReport.objects.count() == 0


def test_registration_report_is_no_attendance(organiser_client: Client, webinar: Webinar):
    page = upload(organiser_client, webinar, "zoom_webinar_registration_report.csv")

    assert "It says who registered, not who came." in page.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": None, "held_on": datetime(2017, 2, 7, tzinfo=UTC).date()},
        {"starts_at": datetime(2090, 1, 1, tzinfo=UTC)},
        {"starts_at": START, "state": "draft", "published_at": None},
        {"starts_at": START, "state": "cancelled", "cancelled_at": START},
    ],
)
def test_only_what_took_place_at_known_hours_is_counted(
    organiser_client: Client, fields: dict[str, Any]
):
    webinar = make_webinar(**fields)

    assert organiser_client.get(at(webinar)).status_code == 404


def test_names_leave_as_text(organiser_client: Client, webinar: Webinar):
    User.objects.filter(email=PRIYA).update(name="=Priya")
    take(organiser_client, webinar, ZOOM)

    table = organiser_client.get(f"/manage/webinars/{webinar.slug}/attendance.csv")

    assert f"'=Priya,{PRIYA},,90,90,yes," in table.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_a_fixed_number_of_questions(
    organiser_client: Client, webinar: Webinar, count: int, django_assert_num_queries
):
    for _ in range(count):
        make_registration(webinar, make_member())
    rows = "".join(f"P{n},p{n}@a.example,{n + 5}\n" for n in range(count))
    take(
        organiser_client,
        webinar,
        SimpleUploadedFile("a.csv", f"Name,Email,Duration\n{rows}".encode()),
    )
    upload(organiser_client, webinar, ZOOM)

    with django_assert_num_queries(14):
        organiser_client.get(at(webinar))


def test_what_is_counted_since_a_decision_was_opened_stays(webinar: Webinar) -> None:
    row = webinar.attendances.create(person=User.objects.get(email=JOSE))
    Attendance.objects.update(measured=480)

    attendance.decide(attendance=row, minutes=9, reason="Left.", by=row.person, now=START)

    row.refresh_from_db()
    assert (row.measured, row.seconds) == (480, 540)
