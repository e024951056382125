"""A person's private calendar: what stands in it, and who gets it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from accounts.models import User
from ciwo_portal import agenda
from tests.browsers import Client
from tests.factories import (
    make_community,
    make_registration,
    make_session,
    make_webinar,
    midday,
)
from webinars import join_links

SOON = midday(9)


@pytest.fixture
def path(staff: User) -> str:
    """The path of the calendar that a member of an agency has opened."""
    agenda.open_feed(staff)
    return agenda.address(staff).removeprefix("http://testserver")


def entries(client: Client, path: str) -> dict[str, Any]:
    """Return the calendar's entries by title."""
    calendar = Calendar.from_ical(client.get(path).content)
    return {str(entry["summary"]): entry for entry in calendar.walk("VEVENT")}


TIMES: Any = {"starts_at": SOON, "ends_at": SOON + timedelta(hours=1)}


def test_places_are_certain_in_line_or_called_off(client: Client, staff: User, path: str):
    seat = make_registration(make_webinar(title="Seat", **TIMES), staff)
    make_registration(make_webinar(title="In line", **TIMES), staff, state="waitlisted")
    off = make_webinar(title="Off", state="cancelled", cancelled_at=SOON, **TIMES)
    make_registration(off, staff)
    left = make_webinar(title="Left", **TIMES)
    make_registration(left, staff, state="cancelled", cancelled_at=SOON)
    make_webinar(title="Not mine", **TIMES)

    found = entries(client, path)

    said = {title: str(entry["status"]) for title, entry in found.items()}
    assert said == {"Seat": "CONFIRMED", "In line": "TENTATIVE", "Off": "CANCELLED"}
    assert found["Seat"]["location"] == join_links.url(seat)
    assert "location" not in found["In line"]
    assert (found["Seat"]["dtstart"].dt, found["Seat"]["uid"]) == (SOON, str(seat.webinar.uid))


def test_sessions_are_certain_once_one_says_yes(client: Client, staff: User, path: str):
    community = make_community(staff.memberships.get().agency)
    for title, rsvp in (("Yes", "yes"), ("Open", ""), ("No", "no")):
        session = make_session(community, title=title, **TIMES)
        session.invitations.create(
            person=staff, rsvp=rsvp, invited_at=SOON, answered_at=SOON if rsvp else None
        )

    found = entries(client, path)

    said = {title: str(entry["status"]) for title, entry in found.items()}
    assert said == {"Yes": "CONFIRMED", "Open": "TENTATIVE"}


@pytest.mark.parametrize(("days", "titles"), [(29, {"Old"}), (32, set())])
def test_what_is_over_stays_for_thirty_days(
    client: Client, staff: User, path: str, days: int, titles: set[str]
):
    start = datetime.now(UTC) - timedelta(days=days)
    make_registration(make_webinar(title="Old", starts_at=start), staff)

    assert set(entries(client, path)) == titles


def test_who_leaves_the_agency_keeps_no_closed_entry(client: Client, staff: User, path: str):
    make_registration(make_webinar(visibility="members", starts_at=SOON), staff)
    before = entries(client, path)

    staff.memberships.update(status="ended", ended_at=SOON)

    assert (len(before), entries(client, path)) == (1, {})


def test_what_has_not_changed_is_not_sent_again(client: Client, staff: User, path: str):
    place = make_registration(make_webinar(starts_at=SOON), staff, state="waitlisted")
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    place.state = "registered"
    place.save()
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_address_ends_when_a_new_one_is_made_or_none_is_wanted(client: Client, staff: User):
    client.force_login(staff)
    found = []
    for wish in ("make", "make", "end"):
        client.post("/my/calendar/", {wish: ""})
        staff.refresh_from_db()
        found.append(agenda.address(staff))

    first, second, third = found
    visitor = Client()
    assert first != second
    assert (third, visitor.get(first).status_code, visitor.get(second).status_code) == (
        "",
        404,
        404,
    )


def test_closed_account_has_no_calendar(client: Client, staff: User, path: str):
    User.objects.filter(pk=staff.pk).update(is_active=False)

    assert client.get(path).status_code == 404


def test_calendar_asks_as_much_for_many(
    client: Client, staff: User, path: str, django_assert_num_queries: Any
):
    for _ in range(5):
        make_registration(make_webinar(starts_at=SOON), staff)

    with django_assert_num_queries(3):
        client.get(path)
