"""The organisers' first page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import Membership
from ciwo_portal import attention, months
from ciwo_portal.months import Entry
from notifications import suppressing
from notifications.models import Notification, Suppression
from records.models import Attendance
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_community,
    make_member,
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
from webinars.models import Presenter, Registration

SOON = midday(3)


def ask(days: int = 0) -> None:
    """Let somebody ask for a place in an agency some days ago."""
    asked_at = NOW - timedelta(days=days)
    Membership.objects.create(person=make_user(), agency=make_agency(), asked_at=asked_at)


def owe(state: str, hours: int = 0, **fields: Any) -> None:
    """Owe a message that was due some hours ago."""
    person = make_user()
    Notification.objects.create(
        **{"due_at": NOW - timedelta(hours=hours)} | fields,
        key=person.email,
        kind="webinars/receipt",
        category="changes",
        recipient=person,
        state=state,
    )


def test_nothing_waits_when_nobody_asks(organiser_client: Client) -> None:
    page = organiser_client.get("/manage/")

    assert page.context["matters"] == []
    assert "Nothing waits for you" in page.content.decode()


def found(now: datetime = NOW) -> list[tuple[int, str, str]]:
    """Return what waits at that moment, in words."""
    return [(one.number, one.title, one.text) for one in attention.matters(now)]


def test_people_and_messages_that_wait_are_counted() -> None:
    for days in (1, 3):
        ask(days)
    for state, hours in (("failed", 1), ("parked", 1), ("pending", 2), ("pending", -2)):
        owe(state, hours)
    owe("failed", seen_at=NOW)
    owe("pending", 0)  # on its way
    owe("pending", 3, next_try_at=NOW + timedelta(hours=3))  # for its reader's morning
    owe("pending", 9, next_try_at=NOW - timedelta(hours=1))  # which has come since

    assert found() == [
        (2, "People wait for approval", "The first has waited for 3\xa0days."),
        (
            2,
            "Messages were not delivered",
            "Refused by the mail server, or set aside after repeated faults.",
        ),
        (2, "Messages are due and not sent", "The oldest has been due for 2\xa0hours."),
    ]


def test_events_wait_for_a_link_an_announcement_and_a_count() -> None:
    tomorrow, yesterday = NOW + timedelta(days=1), NOW - timedelta(days=1)
    for make in (make_webinar, make_session):
        make(title="Linked", starts_at=tomorrow, join_url="https://example.org/room")
        make(title="Far", starts_at=NOW + timedelta(days=3), join_url="")
        make(title="Near", starts_at=tomorrow, join_url="")
        make(title="Draft", starts_at=tomorrow, state="draft", published_at=None)
        make(title="Late", starts_at=yesterday, state="draft", published_at=None)
    timed: dict[str, Any] = {
        "state": "draft",
        "published_at": None,
        "publish_at": NOW + timedelta(hours=1),
    }
    make_webinar(title="Timed", starts_at=tomorrow, **timed)
    for title in ("Counted", "Uncounted"):
        make_registration(make_webinar(title=title, starts_at=yesterday))
    counted = Registration.objects.get(webinar__title="Counted")
    Attendance.objects.create(webinar=counted.webinar, person=counted.person)
    make_webinar(title="Nobody came", starts_at=yesterday)

    late, draft = "Its day has come, and it was not published: Late", "Still a draft: Draft"
    events = ["No join link: Near"] * 2 + [late, draft] * 2
    assert [title for _, title, _ in found()] == [*events, "Attendance is not counted: Uncounted"]


def test_access_that_is_not_arranged_and_agencies_alone_are_named() -> None:
    webinar = make_webinar(title="Liens", starts_at=NOW + timedelta(days=9))
    gone: dict[str, Any] = {"state": "cancelled", "cancelled_at": NOW}
    here: dict[str, Any] = {}
    for state, place in (("open", here), ("arranged", here), ("open", gone)):
        needs = make_registration(webinar, **place).access_needs
        arranged_at = NOW if state == "arranged" else None
        needs.create(kind="asl", state=state, asked_at=NOW, arranged_at=arranged_at)
    alone, led, _empty = (make_agency(name=name) for name in ("Alone", "Led", "Empty"))
    for agency, role in ((alone, "staff"), (led, "staff"), (led, "coordinator")):
        make_member(agency, role=role)

    assert [(number, title) for number, title, _ in found()] == [
        (1, "Access need is not arranged: Liens"),
        (1, "Agency has no coordinator: Alone, CA"),
    ]


def test_what_an_organizer_has_seen_is_counted_no_longer(organiser_client: Client) -> None:
    owe("failed")
    person = make_user(name="Ann")
    suppressing.suppress(address=person.email, reason=Suppression.Reason.BOUNCE, now=NOW)
    set_by_hand = make_user().email
    suppressing.suppress(address=set_by_hand, reason=Suppression.Reason.ORGANISER, now=NOW)
    mail, addresses = attention.matters(NOW)

    shown = organiser_client.get(mail.url).context["failed"].unseen
    rows = organiser_client.get(addresses.url).context["page"].object_list
    organiser_client.post(mail.url, {"seen": [one.pk for one in shown]})
    organiser_client.post(addresses.url, {"address_hash": rows[0].address_hash})

    assert (addresses.title, list(rows)) == ("Person cannot be reached by mail", [person])
    assert attention.matters(NOW) == []
    assert len(organiser_client.get(addresses.url).context["page"].object_list) == 1


def test_list_page_and_figures_count_the_same(organiser_client: Client, settings) -> None:
    now = timezone.now()
    settings.METRICS_TOKEN = "secret"
    for state, count in (("failed", 3), ("parked", 2), ("pending", 4)):
        for _ in range(count):
            owe(state, due_at=now - timedelta(hours=1))
    owe("pending", due_at=now - timedelta(hours=1), next_try_at=now + timedelta(hours=2))

    mail, late = attention.matters(now)
    listed = organiser_client.get(f"/manage/deliveries/{late.url[late.url.index('?') :]}")
    asked = organiser_client.get(mail.url)
    metrics = organiser_client.get("/metrics", headers={"Authorization": "Bearer secret"})

    assert (mail.number, asked.context["failed"].count) == (5, 5)
    assert (late.number, listed.context["page"].paginator.count) == (4, 4)
    figures = metrics.content.decode()
    for word, number in (("undelivered", 5), ("late", 4), ("people", 0)):
        assert f'ciwo_needs_attention{{matter="{word}"}} {number}.0' in figures


def test_registrations_that_wait_for_approval_are_counted_by_webinar() -> None:
    later, sooner, begun = (
        make_webinar(title=title, starts_at=NOW + timedelta(days=days))
        for title, days in (("Later", 9), ("Sooner", 2), ("Begun", 0))
    )
    for webinar, hours in ((later, 1), (sooner, 2), (sooner, 5), (begun, 1)):
        make_registration(webinar, state="pending", joined_at=NOW - timedelta(hours=hours))
    make_registration(sooner, joined_at=NOW - timedelta(days=9))

    waiting = [one for one in attention.matters(NOW) if one.kind == "places"]

    assert [(one.number, one.title, one.text, one.url) for one in waiting] == [
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
        make_session(make_community(), starts_at=NOW, state="draft", published_at=None)
        make_registration(make_webinar(starts_at=midday(-3)))
        make_member()
        ask()
        owe("failed")

    with django_assert_num_queries(22):
        organiser_client.get("/manage/")
