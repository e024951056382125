"""What the mail provider reports: believed only from the provider, once, and of one address."""

import base64
from typing import Any

import pytest
from pytest_django import Settings

from agencies.models import Membership
from notifications import providers, suppressing
from notifications.models import Category, DeliveryEvent, Notification, Suppression
from tests.browsers import Client
from tests.factories import NOW, make_agency, make_member, make_user

State = Notification.State
LOGIN = "post:a-long-secret"


@pytest.fixture(autouse=True)
def _provider(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": LOGIN}


def sent(**fields: Any) -> Notification:
    """Make a message that the provider has taken."""
    person = fields.pop("recipient", None) or make_user()
    values = {
        "key": f"test/{person.pk}",
        "kind": "webinars/receipt",
        "category": Category.CHANGES,
        "recipient": person,
        "address": person.email,
        "due_at": NOW,
        "state": State.SENT,
        "sent_at": NOW,
    }
    return Notification.objects.create(**values | fields)


def report(word: str, one: Notification, *, login: str = LOGIN, **facts: Any) -> int:
    """Report of a message as Postmark does; return the answer's status."""
    said = {
        "RecordType": word,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {providers.NAME: str(one.pk)},
        "DeliveredAt" if word == "Delivery" else "BouncedAt": "2026-11-23T16:00:00Z",
        "Recipient" if word == "Delivery" else "Email": one.address,
    }
    proof = base64.b64encode(login.encode()).decode()
    answer = Client(raise_request_exception=False).post(
        "/mail/reports/",
        said | facts,
        content_type="application/json",
        headers={"Authorization": f"Basic {proof}"},
    )
    return answer.status_code


def state_of(one: Notification) -> tuple[str, str]:
    one.refresh_from_db()
    return one.state, one.reason


BOUNCE: dict[str, Any] = {"ID": 42, "Type": "HardBounce", "Details": "smtp;550 5.1.1 no such user"}


def test_delivered_message_says_so() -> None:
    one = sent()

    assert report("Delivery", one) == 200
    assert state_of(one) == (State.DELIVERED, "")


def test_message_in_doubt_is_in_doubt_no_longer() -> None:
    one = sent(state=State.SENDING, sent_at=None, lease_until=NOW)

    report("Delivery", one)

    assert state_of(one) == (State.DELIVERED, "")
    assert one.sent_at is not None


def test_hard_bounce_fails_the_message_and_rests_the_address() -> None:
    one = sent()

    report("Bounce", one, **BOUNCE)

    assert state_of(one) == (State.FAILED, "it came back: smtp;550 5.1.1 no such user")
    assert suppressing.why(one.address, Category.CHANGES) == "The address does not exist"


def test_full_mailbox_does_not_rest_the_address_at_once() -> None:
    one = sent()

    report("Bounce", one, ID=7, Type="SoftBounce", Details="smtp;552 5.2.2 mailbox full")

    assert (state_of(one)[0], suppressing.of(one.address)) == (State.FAILED, None)


def test_complaint_rests_the_address() -> None:
    one = sent()

    report("SpamComplaint", one, ID=8, Type="SpamComplaint")

    assert suppressing.why(one.address, Category.CHANGES) == "The reader reported our mail"


def test_report_that_comes_again_changes_nothing() -> None:
    one = sent()
    report("Bounce", one, **BOUNCE)
    suppressing.allow(address=one.address)

    answers = [report("Bounce", one, **BOUNCE) for _ in range(2)]

    assert answers == [200, 200]
    assert (DeliveryEvent.objects.count(), suppressing.of(one.address)) == (1, None)


def test_late_delivery_does_not_undo_a_bounce() -> None:
    one = sent()
    report("Bounce", one, **BOUNCE)

    report("Delivery", one)

    assert state_of(one)[0] == State.FAILED


@pytest.mark.parametrize("login", ["", "post:wrong", ":"])
def test_nobody_else_reports(login: str) -> None:
    one = sent()

    assert report("Bounce", one, login=login, **BOUNCE) == 400
    assert (state_of(one)[0], DeliveryEvent.objects.count()) == (State.SENT, 0)


def test_number_of_a_message_to_somebody_else_changes_nothing() -> None:
    one = sent()

    report("Bounce", one, **BOUNCE, Email="else@example.org")

    assert state_of(one)[0] == State.SENT
    assert (suppressing.of(one.address), suppressing.of("else@example.org")) == (None, None)


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1", "\u0661"])
def test_silly_numbers_are_taken_and_change_nothing(number: str) -> None:
    one = sent()

    assert report("Delivery", one, Metadata={providers.NAME: number}) == 200
    assert state_of(one)[0] == State.SENT


GARBAGE: dict[str, bytes | str] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[1]",
    "a number": b"1",
    "a text": b'"bounce"',
    "null": b"null",
    "no object of facts": b'{"RecordType": "Bounce", "Metadata": "x", "Email": 7}',
    "deep": b"[" * 100_000,
    "invalid UTF-8": b'{"RecordType": "\xff\xfe"}',
    "no event that we know": b'{"RecordType": [], "Type": {}}',
    "a number as a time": b'{"RecordType": "Delivery", "DeliveredAt": 1e999}',
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_fault_of_ours(body: bytes) -> None:
    proof = base64.b64encode(LOGIN.encode()).decode()

    answer = Client(raise_request_exception=False).post(
        "/mail/reports/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Basic {proof}"},
    )

    assert answer.status_code in (200, 400)
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"ID": "9\0"},
        {"ID": "\ud800"},
        {"ID": {"a": 1}},
        {"ID": "9" * 5000},
        {"Details": "\0\ud800" * 500},
        {"Email": "\0"},
        {"Email": ["dana@example.org"]},
        {"Metadata": {providers.NAME: {"a": 1}}},
        {"Metadata": [1]},
    ],
)
def test_odd_facts_of_a_report_are_taken(facts: dict[str, Any]) -> None:
    assert report("Bounce", sent(), **BOUNCE | facts) in (200, 400)


@pytest.mark.parametrize("number", ["", "123456789"])
def test_complaint_rests_only_addresses_that_we_wrote_to(number: str, client: Client) -> None:
    one = sent()
    facts: dict[str, Any] = {
        "Email": "stranger@example.org",
        "Metadata": {providers.NAME: number or str(one.pk)},
    }

    assert report("SpamComplaint", one, ID=8, Type="SpamComplaint", **facts) == 200

    assert Suppression.objects.count() == 0
    assert "ciwo_mail_reports_unknown 1.0" in client.get("/metrics").content.decode()


def test_without_a_provider_there_is_no_such_page(settings: Settings) -> None:
    settings.MAIL_PROVIDER = ""

    assert report("Delivery", sent()) == 404


def test_coordinators_are_asked_once_whether_the_person_left() -> None:
    agency = make_agency()
    coordinator = make_member(agency, role=Membership.Role.COORDINATOR)
    make_member(agency)
    person = make_member(agency)
    one = sent(recipient=person)

    report("Bounce", one, **BOUNCE)
    report("Bounce", one, **BOUNCE | {"ID": 43})

    asked = Notification.objects.get(kind="notifications/unreachable")
    assert (asked.recipient, asked.context) == (
        coordinator,
        {"membership": person.memberships.get().pk},
    )
