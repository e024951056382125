"""Sending again what did not reach its reader: any kind, after a question, once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from agencies.models import Membership
from notifications import delivering, resending, suppressing
from notifications.models import Category, Notification
from sessions import invitations
from surveys import fielding
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_response,
    make_session,
    make_user,
    make_wave,
    make_webinar,
    midday,
)
from tests.notifications.plain import owe
from tests.postbox import Postbox
from webinars import registration

pytestmark = pytest.mark.usefixtures("plain_kind", "postbox")
State = Notification.State
AGAIN = "/manage/deliveries/again/"


def failed(state: str = State.FAILED, **fields: Any) -> Notification:
    """Make a message that did not reach its reader."""
    return owe(state=state, reason="554 not today", attempts=3, faults=2, **fields)


def states() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("state", [State.FAILED, State.PARKED, State.EXPIRED])
def test_any_kind_goes_out_again_once_under_its_name(
    state: str, organiser_client: Client, postbox: Postbox
) -> None:
    one = failed(state)

    asked = organiser_client.get(AGAIN).content.decode()
    for _ in range(2):
        organiser_client.post(AGAIN)
        delivering.drain()

    one.refresh_from_db()
    assert "Send 1 again" in asked
    assert (states(), len(postbox.received)) == ([State.SENT], 1)
    assert postbox.received[0]["Message-ID"] == one.message_id


def test_what_lies_behind_many_that_cannot_go_is_reached(
    organiser_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resending, "MOST", 2)
    older = failed()
    for _ in range(2):
        failed(context={"dropped": 1})

    [link] = re.findall(r'href="(\?[^"]*before=\d+)"', organiser_client.get(AGAIN).content.decode())
    assert "Send 1 again" in organiser_client.get(AGAIN + link).content.decode()
    organiser_client.post(AGAIN + link)

    older.refresh_from_db()
    assert older.state == State.PENDING


def test_only_what_has_a_point_goes_out_again(organiser_client: Client) -> None:
    past, soon = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    resting = make_user()
    suppressing.suppress(
        address=resting.email, reason=suppressing.Reason.BOUNCE, now=datetime.now(UTC)
    )
    failed()
    failed(recipient=resting)
    failed(context={"dropped": 1})
    failed(kind="tests/unheard")
    failed(state=State.EXPIRED, useful_until=past)  # what it is about is still to come
    failed(state=State.EXPIRED, useful_until=past, context={"hours_before": -1})
    owe(state=State.CANCELLED)
    owe(due_at=soon)

    organiser_client.post(AGAIN)

    assert states() == [
        State.PENDING,
        *[State.FAILED] * 3,
        State.PENDING,
        State.EXPIRED,
        State.CANCELLED,
        State.PENDING,
    ]


@pytest.mark.parametrize(
    ("query", "sent"), [("?one={pk}", 1), ("?one=x", 0), ("?one=9999999999999999999999", 0)]
)
def test_one_message_goes_out_again(query: str, sent: int, organiser_client: Client) -> None:
    failed()
    one = failed()

    organiser_client.post(AGAIN + query.format(pk=one.pk))

    assert states() == [State.FAILED, State.PENDING if sent else State.FAILED]


def test_failed_message_keeps_what_it_is_written_from_but_codes(postbox: Postbox) -> None:
    refused = {"broken": "no"}
    for category in (Category.REMINDERS, Category.ACCOUNT):
        owe(category=category, context=refused, faults=7)

    for _ in range(3):
        delivering.drain()

    kept = Notification.objects.order_by("pk").values_list("state", "context")
    assert list(kept) == [(State.PARKED, refused), (State.PARKED, {})]


def about_each(word: str, now: datetime) -> str:
    """Owe one message about such a thing, and return the page of those who run it."""
    agency = make_agency()
    person = make_member(agency, role=Membership.Role.COORDINATOR)
    if word == "session":
        session = make_session(make_community(agency), starts_at=midday(9))
        invitations.invite_community(session=session, now=now)
        return f"/manage/sessions/{session.slug}/"
    if word == "wave":
        wave = make_response(make_wave(opens_at=now, closes_at=midday(9)), agency).wave
        fielding.invite(wave=wave, now=now)
        return f"/manage/surveys/{wave.slug}/"
    webinar = make_webinar(starts_at=midday(9))
    registration.register(webinar=webinar, person=person, now=now)
    return f"/manage/webinars/{webinar.slug}/"


@pytest.mark.parametrize("word", ["session", "wave", "webinar"])
def test_page_of_each_thing_leads_to_sending_again_what_failed_about_it(
    word: str, organiser_client: Client, postbox: Postbox
) -> None:
    now = datetime.now(UTC)
    page, others = about_each(word, now), about_each(word, now)
    quiet = organiser_client.get(page).content.decode()
    Notification.objects.open().finish(State.FAILED, reason="554 not today")

    said = organiser_client.get(page).content.decode()
    [log] = re.findall(r'href="([^"]+)">See why, and send again', said)
    listed = organiser_client.get(log).content.decode()
    [button] = re.findall(r'(?:href|action)="(/manage/[^"]+/again/(?:[?]of=[^"]+)?)"', listed)
    organiser_client.post(button)
    delivering.drain()

    assert "did not reach" not in quiet
    assert "1 message did not reach its reader." in said
    assert (len(postbox.received), sorted(states())) == (1, [State.FAILED, State.SENT])
    assert "1 message did not reach its reader." in organiser_client.get(others).content.decode()
    assert "did not reach" not in organiser_client.get(page).content.decode()


def test_deliveries_of_what_is_not_there_are_empty(organiser_client: Client) -> None:
    failed()

    for name in ("session:none", "wave:none", "none:1", "session", "wave:\0"):
        page = organiser_client.get("/manage/deliveries/", {"of": name})
        organiser_client.post(f"{AGAIN}?{urlencode({'of': name})}")
        assert "No messages found" in page.content.decode(), name
    organiser_client.post(f"{AGAIN}?state=none")

    assert states() == [State.FAILED]
