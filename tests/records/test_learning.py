"""What people and agencies have learned, in hours, each kept with the agency at that time."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from agencies.models import Agency, Membership
from records import hours
from records.models import Attendance
from tests.browsers import Client
from tests.factories import make_agency, make_member, make_topic, make_webinar
from tests.records.test_certificates import came

START = datetime(2025, 12, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def agency() -> Agency:
    """An agency two of whose people attended webinars, and one who has left since."""
    found = make_agency(slug="alder", name="Alder")
    liens, bonds = make_topic(name="Liens"), make_topic(name="Bonds")
    first = make_webinar(starts_at=START, topics=(liens, bonds), title="First")
    second = make_webinar(starts_at=START + timedelta(days=60), topics=(bonds,), title="Second")
    ann, bob = make_member(found, name="Ann"), make_member(make_agency(), name="=Bob")
    came(first, person=ann, agency=found, seconds=3600)
    came(second, person=ann, agency=found, seconds=5400)
    came(first, person=bob, agency=found, seconds=1800)
    came(second, person=bob, seconds=9999, attended=True)  # elsewhere by then
    came(second, agency=found, seconds=60, attended=False)
    return found


def test_hours_add_up_by_year_topic_and_person(agency: Agency):
    rows = Attendance.objects.in_agencies([agency])

    found = [hours.by_year(rows), hours.by_topic(rows), hours.by_person(rows)]

    assert [[(part.label, part.webinars, part.hours) for part in parts] for parts in found] == [
        [("2026", 1, "1.5"), ("2025", 1, "1.5")],
        [("Bonds", 2, "3.0"), ("Liens", 1, "1.5")],
        [("=Bob", 1, "0.5"), ("Ann", 2, "2.5")],
    ]
    assert (hours.total(rows).webinars, hours.total(rows).hours) == (2, "3.0")


def test_record_shows_ones_own_webinars_only(agency: Agency):
    client = Client()
    client.force_login(Membership.objects.get(person__name="Ann").person)

    page = BeautifulSoup(client.get("/my/learning/").content, "html.parser")

    assert [link.text for link in page.select("tbody th > a")] == ["Second", "First"]
    assert [number.text for number in page.select(".totals dd span")] == ["2", "2.5"]


def test_coordinator_reads_and_downloads_the_agencys_record(agency: Agency):
    client = Client()
    client.force_login(make_member(agency, role=Membership.Role.COORDINATOR))

    page = BeautifulSoup(client.get("/my/agency/alder/learning/").content, "html.parser")
    table = client.get("/my/agency/alder/learning.csv").content.decode("utf-8-sig")

    assert [number.text for number in page.select(".totals dd span")] == ["2", "2", "3.0"]
    assert [line.split(",")[0] for line in table.splitlines()] == ["Name", "'=Bob", "Ann", "Ann"]


def test_other_agencies_record_is_not_for_its_neighbours(agency: Agency):
    client = Client()
    client.force_login(make_member(make_agency(), role=Membership.Role.COORDINATOR))

    found = [
        client.get(f"/my/agency/alder/{page}").status_code for page in ("learning/", "learning.csv")
    ]

    assert found == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_questions(count: int, django_assert_num_queries):
    agency, client = make_agency(), Client()
    person = make_member(agency, role=Membership.Role.COORDINATOR)
    client.force_login(person)
    for _ in range(count):
        webinar = make_webinar(starts_at=START, topics=(make_topic(), make_topic()))
        came(webinar, person=person, agency=agency)
        came(webinar, agency=agency)

    with django_assert_num_queries(9):
        client.get("/my/learning/")
    with django_assert_num_queries(9):
        client.get(f"/my/agency/{agency.slug}/learning/")
