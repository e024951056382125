"""The organisers' first page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agencies.models import Membership
from ciwo_portal import attention, months
from ciwo_portal.months import Entry
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_registration,
    make_resource,
    make_response,
    make_session,
    make_survey,
    make_user,
    make_wave,
    make_webinar,
    midday,
)
from webinars.models import Presenter

SOON = midday(3)


def ask(days: int = 0) -> None:
    """Let somebody ask for a place in an agency some days ago."""
    asked_at = NOW - timedelta(days=days)
    Membership.objects.create(person=make_user(), agency=make_agency(), asked_at=asked_at)


def owe(state: str, hours: int = 0, **fields: Any) -> None:
    """Owe a message that was due some hours ago."""
    person = make_user()
    Notification.objects.create(
        key=person.email,
        kind="webinars/receipt",
        category="changes",
        recipient=person,
        due_at=NOW - timedelta(hours=hours),
        state=state,
        **fields,
    )


def test_nothing_waits_when_nobody_asks(organiser_client: Client) -> None:
    page = organiser_client.get("/manage/")

    assert page.context["matters"] == []
    assert "Nothing waits for you" in page.content.decode()


def test_people_and_messages_that_wait_are_counted() -> None:
    for days in (1, 3):
        ask(days)
    for state, hours in (("failed", 1), ("parked", 1), ("pending", 2), ("pending", -2)):
        owe(state, hours)
    owe("pending", 0)  # on its way
    owe("pending", 3, next_try_at=NOW + timedelta(hours=3))  # for its reader's morning

    found = [(one.number, one.title, one.text) for one in attention.matters(NOW)]

    assert found == [
        (2, "People wait for approval", "The first has waited for 3\xa0days."),
        (
            2,
            "Messages were not delivered",
            "Refused by the mail server, or set aside after repeated faults.",
        ),
        (1, "Message is due and not sent", "The oldest has been due for 2\xa0hours."),
    ]


def test_registrations_that_wait_for_approval_are_counted_by_webinar() -> None:
    later, sooner, begun = (
        make_webinar(title=title, starts_at=NOW + timedelta(days=days))
        for title, days in (("Later", 9), ("Sooner", 2), ("Begun", 0))
    )
    for webinar, hours in ((later, 1), (sooner, 2), (sooner, 5), (begun, 1)):
        make_registration(webinar, state="pending", joined_at=NOW - timedelta(hours=hours))
    make_registration(sooner, joined_at=NOW - timedelta(days=9))

    found = [(one.number, one.title, one.text, one.url) for one in attention.matters(NOW)]

    assert found == [
        (
            2,
            "Registrations wait for approval: Sooner",
            "The first has waited for 5\xa0hours.",
            f"/manage/webinars/{sooner.slug}/approvals/",
        ),
        (
            1,
            "Registration waits for approval: Later",
            "The first has waited for 1\xa0hour.",
            f"/manage/webinars/{later.slug}/approvals/",
        ),
    ]


def test_slides_that_nobody_has_looked_at_are_counted() -> None:
    webinar, over = make_webinar(title="Liens"), make_webinar(starts_at=NOW - timedelta(days=2))
    for where, visibility in ((webinar, "organisers"), (webinar, "public"), (over, "organisers")):
        slides = make_resource(visibility=visibility)
        Presenter.objects.create(webinar=where, name="Ann", slides=slides)

    [matter] = attention.matters(NOW)

    assert (matter.number, matter.title) == (1, "Speaker has sent slides: Liens")
    assert matter.url == f"/manage/webinars/{webinar.slug}/speakers/"


def test_open_surveys_say_who_has_not_answered() -> None:
    wave = make_wave(title="Practice survey", closes_at=datetime(2026, 12, 1, 5, tzinfo=UTC))
    make_response(wave, state="submitted", submitted_at=NOW)
    for _ in range(2):
        make_response(wave)
    make_response(make_wave(opens_at=NOW - timedelta(days=9), closes_at=NOW - timedelta(days=1)))

    [matter] = attention.matters(NOW)

    assert (matter.number, matter.title, matter.text, matter.url) == (
        2,
        "Agencies have not submitted: Practice survey",
        "3 are asked, 0 have started. It closes on December 1.",
        f"/manage/surveys/{wave.slug}/",
    )


def test_month_runs_from_sunday_to_saturday() -> None:
    entry = Entry(date(2027, 1, 14), "webinar", "Liens", "/")

    weeks = months.sheet(date(2027, 1, 1), [entry], date(2027, 1, 6))

    squares = [day for week in weeks for day in week]
    assert (squares[0].day, squares[-1].day) == months.span(date(2027, 1, 1))
    assert months.span(date(2027, 1, 1)) == (date(2026, 12, 27), date(2027, 2, 6))
    assert [day.day.day for day in squares if day.entries] == [14]
    assert [day.day for day in squares if day.is_today] == [date(2027, 1, 6)]
    assert sum(day.is_outside for day in squares) == 11


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("2027-01", date(2027, 1, 1)),
        ("0001-01", date(2000, 1, 1)),
        ("9999-12", date(2099, 12, 1)),
        ("2027-13", date(2026, 11, 1)),
        ("'; drop", date(2026, 11, 1)),
        (None, date(2026, 11, 1)),
    ],
)
def test_month_of_the_address_is_read_kindly(text: str | None, first: date) -> None:
    assert months.chosen(text, date(2026, 11, 23)) == first


def test_months_follow_each_other_over_the_year() -> None:
    january, december = date(2027, 1, 1), date(2026, 12, 1)

    assert (months.before(january), months.after(december)) == (december, january)


def test_month_shows_events_and_surveys_that_close(organiser_client: Client) -> None:
    make_webinar(starts_at=datetime(2027, 1, 14, 18, tzinfo=UTC), title="Liens")
    make_session(starts_at=datetime(2027, 2, 3, 18, tzinfo=UTC), title="Terms")
    make_wave(title="Survey", closes_at=datetime(2027, 1, 30, 4, tzinfo=UTC))

    page = organiser_client.get("/manage/?month=2027-01")

    found = [
        (day.day.isoformat(), one.kind, one.title)
        for week in page.context["weeks"]
        for day in week
        for one in day.entries
    ]
    assert found == [
        ("2027-01-14", "webinar", "Liens"),
        ("2027-01-29", "survey", "Survey"),
        ("2027-02-03", "session", "Terms"),
    ]


@pytest.mark.parametrize(("person", "status"), [(None, 302), ("coordinator", 403)])
def test_console_is_for_organisers(request, person: str | None, status: int) -> None:
    client = Client()
    if person:
        client.force_login(request.getfixturevalue(person))

    assert client.get("/manage/").status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_as_much_for_many_matters_as_for_few(
    count: int, organiser_client: Client, django_assert_num_queries
) -> None:
    survey = make_survey()
    for _ in range(count):
        make_registration(make_webinar(starts_at=SOON))
        make_registration(make_webinar(starts_at=SOON), state="pending")
        slides = make_resource(visibility="organisers")
        Presenter.objects.create(webinar=make_webinar(starts_at=SOON), name="Ann", slides=slides)
        make_session(make_community(), starts_at=SOON)
        make_response(make_wave(survey, closes_at=SOON))
        ask()
        owe("failed")

    with django_assert_num_queries(14):
        organiser_client.get("/manage/")
