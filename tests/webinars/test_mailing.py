"""What an organiser writes to people who have a place, from the draft to undoing it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from notifications import delivering, suppressing, unsubscribing
from notifications.models import Category, Notification, Suppression
from notifications.placeholders import Wording
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_registration,
    make_user,
    make_webinar,
)
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_messages import SOON, words_of
from webinars import mailing, scheduling
from webinars.models import Mailing, Webinar

# So near that nothing waits for the reader's day to begin.
NEAR = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=20)
WORDS = Wording("About {{ webinar.title }}", "Dear {{ person.name }},\n\nbring a pencil.")


def draft(webinar: Webinar, by: User | None = None, **fields: Any) -> Mailing:
    """Write a draft to everybody with a seat."""
    said: dict[str, Any] = {"audience": "seated", "agencies": [], "wording": WORDS} | fields
    return mailing.write(webinar=webinar, by=by or make_user(is_organiser=True), **said)


def send(one: Mailing, now: datetime, seen: int | None = None) -> Mailing:
    """Confirm what the page shows."""
    seen = len(mailing.reach(one).places) if seen is None else seen
    return mailing.send(mailing=one, seen=seen, version=one.version, now=now)


def reached(one: Mailing) -> set[str]:
    """Return the names of those who would get it."""
    return {place.person.name for place in mailing.reach(one).places}


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        ("seated", {"Ann", "Abe"}),
        ("waiting", {"Wes"}),
        ("everybody", {"Ann", "Abe", "Wes"}),
        ("attended", {"Ann"}),
        ("absent", {"Abe"}),
    ],
)
def test_audience_is_who_was_chosen(audience: str, names: set[str]) -> None:
    webinar = make_webinar()
    make_registration(webinar, make_user(name="Ann"), attended=True)
    make_registration(webinar, make_user(name="Abe"), attended=False)
    make_registration(webinar, make_user(name="Wes"), state="waitlisted")
    make_registration(webinar, make_user(name="Cal"), state="cancelled", cancelled_at=SOON)
    make_registration(webinar, make_user(name="Gone", is_active=False))
    make_registration(make_webinar(), make_user(name="Elsewhere"))

    assert reached(draft(webinar, audience=audience)) == names


def test_agencies_narrow_it_to_their_people() -> None:
    webinar, agency = make_webinar(), make_agency()
    make_registration(webinar, make_member(agency, name="Ann"))
    make_registration(webinar, make_member(name="Bob"))

    assert reached(draft(webinar, agencies=[agency])) == {"Ann"}


def test_who_does_not_want_it_or_may_not_see_it_is_left_out_and_counted(now: datetime) -> None:
    agency = make_agency()
    webinar = make_webinar(visibility="community", community=make_community(agency))
    off, rests = make_member(agency), make_member(agency)
    unsubscribing.switch_off(person=off, category=Category.MESSAGES)
    reason = Suppression.Reason.COMPLAINT
    suppressing.suppress(address=rests.email, reason=reason, now=now)
    for person in (make_member(agency, name="Ann"), off, rests, make_member(name="Left")):
        make_registration(webinar, person)

    sent = send(draft(webinar), now)

    assert (sent.owed, sent.unwilling, sent.resting, sent.barred) == (1, 1, 1, 1)
    assert [one.recipient.name for one in Notification.objects.all()] == ["Ann"]  # type: ignore[union-attr]


def test_message_goes_out_after_ten_minutes(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=NEAR, title="Liens")
    make_registration(webinar, make_user(name="Ann"))
    now = datetime.now(UTC)
    one = send(draft(webinar), now)

    delivering.drain()
    before = len(postbox.received)
    Notification.objects.update(due_at=now)
    delivering.drain()

    [message] = postbox.received
    assert (before, one.due_at) == (0, now + timedelta(minutes=10))
    assert message["Subject"] == "About Liens"
    assert words_of(message).startswith("Dear Ann, bring a pencil.")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.django_db(transaction=True)
def test_double_click_sends_once(now: datetime) -> None:
    webinar = make_webinar()
    for _ in range(3):
        make_registration(webinar)
    one = draft(webinar)

    at_once(lambda _: send(one, now, seen=3), list(range(4)))

    assert Notification.objects.count() == 3


def test_other_recipients_or_another_text_than_seen_sends_nothing(now: datetime) -> None:
    webinar = make_webinar()
    make_registration(webinar)
    one = draft(webinar)

    with pytest.raises(mailing.NotAsSeen):
        send(one, now, seen=2)
    mailing.change(mailing=one, audience="seated", agencies=[], wording=Wording("B", "b"))
    with pytest.raises(mailing.NotAsSeen):
        send(one, now)

    assert Notification.objects.count() == 0


def test_sent_message_does_not_change(now: datetime) -> None:
    webinar = make_webinar()
    make_registration(webinar)
    one = send(draft(webinar), now)

    with pytest.raises(mailing.IsSent):
        mailing.change(mailing=one, audience="waiting", agencies=[], wording=WORDS)


def test_undo_withdraws_what_is_not_out(postbox: Postbox) -> None:
    webinar, now = make_webinar(starts_at=NEAR), datetime.now(UTC)
    for _ in range(3):
        make_registration(webinar)
    one = send(draft(webinar), now)
    first = Notification.objects.order_by("pk")[0]
    Notification.objects.filter(pk=first.pk).update(due_at=now)
    delivering.drain()

    for _ in range(2):
        one = mailing.undo(mailing=one, now=now)
    Notification.objects.update(due_at=now)
    delivering.drain()

    assert len(postbox.received) == 1
    assert sorted(Notification.objects.values_list("state", flat=True)) == [
        "cancelled",
        "cancelled",
        "sent",
    ]
    assert one.stage(now) == Mailing.State.UNDONE


def test_who_left_meanwhile_does_not_get_it(postbox: Postbox) -> None:
    webinar, now = make_webinar(starts_at=NEAR), datetime.now(UTC)
    place = make_registration(webinar)
    send(draft(webinar), now - timedelta(minutes=11))
    place.state, place.cancelled_at = "cancelled", now
    place.save()

    delivering.drain()

    assert postbox.received == []
    assert Notification.objects.get().reason == "the person is no longer among those it is for"


def test_cancellation_meanwhile_stands_for_it(postbox: Postbox) -> None:
    webinar, now = make_webinar(starts_at=NEAR), datetime.now(UTC)
    make_registration(webinar)
    send(draft(webinar), now - timedelta(minutes=11))

    scheduling.cancel(webinar=webinar, reason="Storm", now=now)
    delivering.drain()

    assert [one["Subject"] for one in postbox.received] == [f"Canceled: {webinar.title}"]


def test_failed_ones_only_are_sent_again_and_once(postbox: Postbox) -> None:
    webinar, now = make_webinar(starts_at=NEAR), datetime.now(UTC)
    people = [make_registration(webinar).person for _ in range(3)]
    one = send(draft(webinar), now - timedelta(minutes=11))
    postbox.refused = {people[0].email: "554 5.7.1 not today"}
    delivering.drain()
    before, postbox.refused = len(postbox.received), {}

    numbers = [mailing.send_again(mailing=one, now=datetime.now(UTC)) for _ in range(2)]
    delivering.drain()

    assert (before, numbers) == (2, [1, 0])
    assert [message["To"] for message in postbox.received[2:]] == [people[0].email]
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}


def test_copy_goes_to_who_asks_once_a_minute_and_edition(postbox: Postbox) -> None:
    webinar, now = (
        make_webinar(starts_at=NEAR, join_url="https://join.example.org/9"),
        datetime.now(UTC),
    )
    organiser = make_user(is_organiser=True, name="Olive")
    text = "{{ person.name }}: {{ join_link }}"
    one = draft(webinar, wording=Wording("A", text))

    for _ in range(2):
        mailing.try_out(mailing=one, person=organiser, now=now)
    delivering.drain()
    one.save()  # other words
    mailing.try_out(mailing=one, person=organiser, now=now)
    delivering.drain()

    message, _second = postbox.received
    assert message["To"] == organiser.email
    assert words_of(message).startswith("Olive: http://127.0.0.1:8000/join/…/")
