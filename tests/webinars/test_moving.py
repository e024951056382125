"""Moving, calling off and putting back on: what it touches is seen before, and told once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_registration, make_session, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_manage import address, errors_of, fields_of, form_of
from tests.webinars.test_messages import calendar_of, details, register
from tests.webinars.test_pages import SOON, said
from webinars import publishing, registration, reminders, scheduling
from webinars.models import Webinar

LATER = {"start": "09:00"}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _always_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait for the morning does not, at whatever hour the tests run."""
    monkeypatch.setattr(delivering, "DAY", range(24))


def crowd() -> Webinar:
    """Make a webinar with two seats, one who waits, and one who left."""
    webinar = make_webinar(starts_at=SOON, capacity=2, title="Liens")
    for state in ("registered", "registered", "waitlisted", "cancelled"):
        cancelled_at = SOON if state == "cancelled" else None
        make_registration(webinar, state=state, cancelled_at=cancelled_at)
    return webinar


def totals(response: Any) -> dict[str, int]:
    """Return the figures of the page."""
    page = BeautifulSoup(response.content, "html.parser")
    pairs = [(one.select("dt")[0], one.select("dd")[0]) for one in page.select("dl.totals > div")]
    return {" ".join(name.get_text().split()): int(number.get_text()) for name, number in pairs}


def test_move_says_what_it_touches_before_anything_is_saved(organiser_client: Client) -> None:
    webinar = crowd()
    reminders.queue_due(now=SOON - timedelta(hours=20))
    other = make_session(starts_at=SOON.astimezone(webinar.zone).replace(hour=9, minute=30))

    page = organiser_client.post(
        address(webinar, "edit/"), form_of(organiser_client, webinar) | LATER
    )

    assert totals(page) == {
        "messages": 3,
        "calendars": 2,
        "reminders sent already": 0,
        "reminders withdrawn": 2,
    }
    assert ("Nothing is saved yet." in said(page), other.title in said(page)) == (True, True)
    webinar.refresh_from_db()
    assert (webinar.starts_at, webinar.sequence) == (SOON, 0)
    assert Notification.objects.exclude(kind="webinars/reminder").count() == 0


def test_holiday_is_named_before_a_move_to_it(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    moved = form_of(organiser_client, webinar) | {"held_on": "2027-07-05", "start": "13:00"}

    page = organiser_client.post(address(webinar, "edit/"), moved)

    assert "A federal holiday Independence Day (observed)" in said(page)


def test_what_was_typed_survives_the_way_there_and_back(organiser_client: Client) -> None:
    webinar = crowd()
    typed = form_of(organiser_client, webinar) | LATER
    typed |= {"title": "Bonds <b>&amp;</b>", "summary": "Two\nlines", "partner": "CLASP"}
    asked = organiser_client.post(address(webinar, "edit/"), typed)
    sent = fields_of(asked) | {"reason": "A holiday", "back": "1"}
    del sent["confirmed"]

    back = organiser_client.post(address(webinar, "edit/"), sent)
    again = organiser_client.post(address(webinar, "edit/"), fields_of(back))

    assert fields_of(back) == typed | {"reason": "A holiday"}
    assert fields_of(again)["reason"] == "A holiday"
    assert errors_of(back) == []
    assert Webinar.objects.get().title == "Liens"


def test_move_needs_a_reason_when_somebody_reads_it(organiser_client: Client) -> None:
    webinar = crowd()
    moved = form_of(organiser_client, webinar) | LATER
    asked = fields_of(organiser_client.post(address(webinar, "edit/"), moved))

    refused = organiser_client.post(address(webinar, "edit/"), asked | {"reason": " "})
    done = organiser_client.post(
        address(webinar, "edit/"), fields_of(refused) | {"reason": "A holiday"}, follow=True
    )

    assert errors_of(refused) == ["Reason: This field is required."]
    assert "Saved. 3 people who have a place are told by e-mail." in said(done)
    found = Webinar.objects.get()
    assert (found.sequence, found.change_reason) == (1, "A holiday")


def test_other_time_than_the_one_seen_is_shown_again(organiser_client: Client) -> None:
    webinar = crowd()
    moved = form_of(organiser_client, webinar) | LATER | {"reason": "A holiday"}
    asked = fields_of(organiser_client.post(address(webinar, "edit/"), moved))

    again = organiser_client.post(address(webinar, "edit/"), asked | {"start": "10:00"})

    assert "Nothing is saved yet." in said(again)
    assert Webinar.objects.get().sequence == 0


def test_typo_is_mended_in_silence_and_a_draft_moves_so(organiser_client: Client) -> None:
    webinar = crowd()
    draft = make_webinar(starts_at=SOON, state="draft", published_at=None)

    mended = form_of(organiser_client, webinar) | {"title": "Liens!"}
    organiser_client.post(address(webinar, "edit/"), mended)
    moved = form_of(organiser_client, draft) | {"held_on": "2027-07-05", "start": "13:00"}
    page = organiser_client.post(address(draft, "edit/"), moved, follow=True)

    assert (Webinar.objects.get(pk=webinar.pk).title, Notification.objects.count()) == ("Liens!", 0)
    assert "It falls on a federal holiday: Independence Day (observed)." in said(page)


def test_old_tab_does_not_ask_to_move_it_back(organiser_client: Client) -> None:
    webinar = crowd()
    old = form_of(organiser_client, webinar) | {"summary": "Mine"}
    later = details(webinar, starts_at=SOON + HOUR, ends_at=SOON + HOUR * 2)
    given = {"topics": [], "reason": "", "now": datetime.now(UTC)}
    scheduling.change(webinar=webinar, details=later, **given)  # type: ignore[arg-type] # three

    warned = organiser_client.post(address(webinar, "edit/"), old)
    page = organiser_client.post(address(webinar, "edit/"), fields_of(warned), follow=True)

    kept = Webinar.objects.get()
    assert errors_of(warned)[0].startswith("A colleague has saved this webinar")
    assert (kept.starts_at, kept.summary) == (SOON + HOUR, "Mine")
    assert said(page).count("Saved.") == 1


def test_fewer_seats_than_are_taken_are_refused(organiser_client: Client) -> None:
    webinar = crowd()
    given = form_of(organiser_client, webinar) | {"capacity": 1}

    page = organiser_client.post(address(webinar, "edit/"), given)

    words = "Seats: 2 seats are taken, and nobody loses one. Choose 2 or more: with exactly as many"
    assert (errors_of(page)[0].startswith(words), Webinar.objects.get().capacity) == (True, 2)


def test_draft_does_not_begin_before_the_clock_publishes_it(organiser_client: Client) -> None:
    draft = make_webinar(starts_at=SOON, state="draft", title="Liens")
    publishing.publish_later(webinar=draft, at=SOON - HOUR)
    given = form_of(organiser_client, draft)
    earlier = {"held_on": f"{SOON - timedelta(days=2):%Y-%m-%d}"}

    refused = organiser_client.post(address(draft, "edit/"), given | earlier)
    organiser_client.post(address(draft, "publish/take-back/"))
    again = form_of(organiser_client, draft) | earlier
    organiser_client.post(address(draft, "edit/"), again)

    [error] = errors_of(refused)
    assert error.startswith("Date: It is to be published ")
    assert error.endswith("or first press “Do not publish it then” on its page.")
    assert Webinar.objects.get().held_on == (SOON - timedelta(days=2)).date()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_moving_tell_everybody_once(organiser: Any) -> None:
    webinar, clients = crowd(), [Client() for _ in range(4)]
    for client in clients:
        client.force_login(organiser)
    moved = form_of(clients[0], webinar) | LATER | {"reason": "A holiday"}
    asked = fields_of(clients[0].post(address(webinar, "edit/"), moved))

    answers = at_once(lambda one: one.post(address(webinar, "edit/"), asked), clients)

    assert [answer.status_code for answer in answers] == [302] * 4
    assert Notification.objects.filter(kind="webinars/moved").count() == 3
    assert Webinar.objects.get().sequence == 1


def test_cancellation_says_what_it_touches(organiser_client: Client) -> None:
    webinar = crowd()
    reminders.queue_due(now=SOON - timedelta(hours=20))
    one = Notification.objects.order_by("pk")[0]
    Notification.objects.filter(pk=one.pk).update(state="sent", sent_at=SOON, context={})

    page = organiser_client.get(address(webinar, "cancel/"))

    assert totals(page) == {
        "messages": 3,
        "calendars": 2,
        "reminder sent already": 1,
        "reminder withdrawn": 1,
    }


def test_canceled_webinar_is_put_back_on_and_everybody_told_once(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    seated, waiting, gone = register(webinar), register(webinar), register(webinar)
    delivering.drain()
    scheduling.cancel(webinar=webinar, reason="Storm", now=datetime.now(UTC))
    delivering.drain()
    registration.cancel(webinar=webinar, person=gone, now=datetime.now(UTC))
    delivering.drain()
    postbox.received.clear()

    told = [
        scheduling.reinstate(webinar=webinar, reason="Sun", now=datetime.now(UTC)) for _ in "12"
    ]
    delivering.drain()

    assert told == [2, 0]
    assert {one["To"]: one["Subject"] for one in postbox.received} == {
        person.email: f"On again: {webinar.title}" for person in (seated, waiting)
    }
    [(method, entry)] = [calendar_of(one) for one in postbox.received if one["To"] == seated.email]
    found = (method, int(entry["sequence"]), str(entry["status"]))
    assert found == ("REQUEST", 2, "CONFIRMED")
    assert "Sun" in str(postbox.received[0].get_body(("plain",)))


def test_unsent_cancellations_are_withdrawn_when_it_is_on_again(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    make_registration(webinar)
    now = datetime.now(UTC)
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    scheduling.reinstate(webinar=webinar, reason="Sun", now=now)

    delivering.drain()

    assert postbox.received == []
    states = Notification.objects.order_by("pk").values_list("state", "reason")
    reasons = ("the webinar is on again", "the person knows it as it is")
    assert list(states) == [("cancelled", reason) for reason in reasons]


def test_seat_given_up_meanwhile_goes_to_who_waits(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=9), capacity=1)
    first, second = make_registration(webinar), make_registration(webinar, state="waitlisted")
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    registration.cancel(webinar=webinar, person=first.person, now=now)

    scheduling.reinstate(webinar=webinar, reason="Sun", now=now)

    second.refresh_from_db()
    assert second.state == "registered"


def test_reminders_after_it_is_on_again_are_owed_and_none_before(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(hours=23))
    make_registration(webinar, joined_at=now - timedelta(days=30))
    reminders.queue_due(now=now)
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    scheduling.reinstate(webinar=webinar, reason="Sun", now=now + timedelta(minutes=9))

    for hours in (1, 2, 22.5):
        reminders.queue_due(now=now + timedelta(hours=hours))

    owed = Notification.objects.filter(kind="webinars/reminder").order_by("due_at")
    assert [(one.key.split("/")[2], one.state) for one in owed] == [
        ("day", "cancelled"),
        ("hour", "pending"),
    ]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"starts_at": SOON - timedelta(days=30)}, "cancelled"),
        ({"published_at": None}, "draft"),
        ({}, "published"),
    ],
)
def test_what_is_over_stays_canceled_and_a_draft_is_one_again(
    organiser_client: Client, fields: dict[str, Any], state: str
) -> None:
    times: dict[str, Any] = {"starts_at": SOON, "state": "cancelled", "cancelled_at": SOON}
    webinar = make_webinar(**times | fields)

    shown = organiser_client.get(address(webinar, "reinstate/"))
    organiser_client.post(address(webinar, "reinstate/"), {"reason": "Sun"})

    assert (shown.status_code, Webinar.objects.get().state) == (200, state)


@pytest.mark.django_db(transaction=True)
def test_putting_back_on_at_once_tells_everybody_once(now: datetime) -> None:
    webinar = make_webinar(starts_at=now + timedelta(days=9))
    for _ in range(3):
        make_registration(webinar, make_user())
    scheduling.cancel(webinar=webinar, reason="Storm", now=now)

    told = at_once(
        lambda reason: scheduling.reinstate(webinar=webinar, reason=reason, now=now), ["Sun"] * 5
    )

    assert sorted(told) == [0, 0, 0, 0, 3]
    assert Notification.objects.filter(kind="webinars/reinstated").count() == 3
    assert Webinar.objects.get().sequence == 2


def test_moving_tells_in_the_new_zone_when_only_the_zone_changes(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON)
    register(webinar)
    delivering.drain()
    plan = details(webinar, time_zone="America/Denver")

    scheduling.change(webinar=webinar, details=plan, topics=[], reason="", now=datetime.now(UTC))
    delivering.drain()

    entries = [calendar_of(one)[1] for one in postbox.received]
    assert [entry["dtstart"].params["TZID"] for entry in entries] == [
        "America/New_York",
        "America/Denver",
    ]
