"""Messages about a webinar that failed are sent again, once, where they still have a point."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from notifications import delivering, suppressing
from notifications import resending as again
from notifications.models import Notification, Suppression
from tests.browsers import Client
from tests.factories import make_registration, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_mailing import draft, send
from tests.webinars.test_manage import address
from tests.webinars.test_messages import calendar_of, details, register
from tests.webinars.test_offers import colleagues, late, name
from tests.webinars.test_pages import said
from webinars import mailing, notices, offering, registration, reminders, resending, scheduling
from webinars.models import Webinar

NOW = datetime.now(UTC).replace(microsecond=0)
SOON = NOW + timedelta(days=30)
LATER = {"starts_at": SOON + timedelta(hours=2), "ends_at": SOON + timedelta(hours=3)}
REFUSAL = "554 5.7.1 not today"


def fail() -> None:
    """Let everything that is owed come back, as if a provider had said so."""
    Notification.objects.open().finish(Notification.State.FAILED, sent_at=NOW, reason=REFUSAL)


def move(webinar: Webinar) -> None:
    """Move it by two hours."""
    plan = details(webinar, **LATER)
    scheduling.change(webinar=webinar, details=plan, topics=[], reason="A storm", now=NOW)


def cancel(webinar: Webinar) -> None:
    """Cancel it."""
    scheduling.cancel(webinar=webinar, reason="A storm", now=NOW)


def reinstate(webinar: Webinar) -> None:
    """Put it back on after a cancellation that everybody has heard of."""
    cancel(webinar)
    Notification.objects.all().delete()
    scheduling.reinstate(webinar=webinar, reason="It passed", now=NOW)


def give_up(webinar: Webinar) -> None:
    """Let the first give up the seat, which goes to the next in line."""
    person = webinar.registrations.seated().order_by("pk")[0].person
    registration.cancel(webinar=webinar, person=person, now=NOW)


def remind(webinar: Webinar) -> None:
    """Let the time of the first reminder come."""
    reminders.queue_due(now=SOON - timedelta(days=7))


def write(webinar: Webinar) -> None:
    """Send a message to who has a seat."""
    send(draft(webinar), NOW)


def nothing(webinar: Webinar) -> None:
    """Leave it at the receipts."""


def recalled(webinar: Webinar) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return from what its messages are written, and what is known of that once they failed."""
    owed = {one.key: one.context for one in notices.of_webinar(webinar).open()}
    for context in owed.values():
        context.pop("known", None)  # what its reader knew is not known any more
    fail()
    found = resending.outlook(Webinar.objects.get(pk=webinar.pk), NOW)
    Notification.objects.all().delete()
    return owed, {one.key: one.context for one in found.again}


@pytest.mark.parametrize("act", [nothing, move, cancel, reinstate, give_up, remind, write])
def test_what_a_message_was_written_from_is_known_again(act: Callable[[Webinar], None]) -> None:
    webinar = make_webinar(starts_at=SOON, capacity=1)
    for _ in range(2):
        register(webinar)
    if act is not nothing:
        Notification.objects.all().delete()
    act(webinar)
    owed, found = recalled(webinar)

    assert owed
    assert found == owed


def test_offers_are_known_again() -> None:
    waiting, (seated, *_) = late(NOW)
    registration.cancel(webinar=waiting, person=seated, now=NOW)
    pairs = [recalled(waiting)]
    given, seated, colleague = colleagues(NOW, starts_at=SOON)
    name(given, seated, colleague, NOW)
    pairs.append(recalled(given))
    offering.decline(webinar=given, person=colleague, now=NOW)
    pairs.append(recalled(given))

    words = [sorted(key.partition("/")[0] for key in owed) for owed, _ in pairs]
    assert words == [["webinar-left", "webinar-offer"], ["webinar-asked"], ["webinar-refused"]]
    assert [owed for owed, _ in pairs] == [found for _, found in pairs]


def test_failed_ones_arrive_and_only_they(postbox: Postbox) -> None:
    webinar = make_webinar(starts_at=SOON, title="Liens")
    people = [register(webinar) for _ in range(3)]
    postbox.refused = {people[0].email: REFUSAL}
    delivering.drain()
    before, postbox.refused = len(postbox.received), {}

    counts = [len(resending.send_again(webinar=webinar, now=NOW).again) for _ in range(2)]
    delivering.drain()

    [message] = postbox.received[before:]
    assert (before, counts) == (2, [1, 0])
    assert (message["To"], message["Subject"]) == (people[0].email, "You are registered: Liens")
    assert calendar_of(message)[0] == "REQUEST"
    assert Notification.objects.failed().count() == 0


def test_what_has_lost_its_point_is_left_alone() -> None:
    webinar = make_webinar(starts_at=SOON, capacity=2)
    kept, gone, resting, waits = (register(webinar) for _ in range(4))
    fail()
    registration.cancel(webinar=webinar, person=gone, now=NOW)  # the first in line moves up
    bounce = Suppression.Reason.BOUNCE
    suppressing.suppress(address=resting.email, reason=bounce, now=NOW)
    reminders.queue_due(now=SOON - timedelta(days=7))
    reminded = Notification.objects.filter(kind="webinars/reminder", recipient=kept)
    reminded.finish(Notification.State.FAILED, useful_until=NOW)

    found = resending.outlook(Webinar.objects.get(), NOW)

    names = {word: [one.recipient for one in getattr(found, word)] for word in vars(found)}
    assert names == {
        "again": [kept, waits],
        "resting": [resting],
        "late": [kept],
        "settled": [gone],
    }


def test_moved_twice_tells_the_last_time_only() -> None:
    webinar = make_webinar(starts_at=SOON)
    make_registration(webinar)
    move(webinar)
    fail()
    later = {name: moment + timedelta(hours=2) for name, moment in LATER.items()}
    plan = details(Webinar.objects.get(), **later)
    scheduling.change(webinar=webinar, details=plan, topics=[], reason="Wind", now=NOW)
    fail()

    found = resending.send_again(webinar=Webinar.objects.get(), now=NOW)

    assert [one.key.rpartition("/")[2] for one in found.again] == ["2"]
    assert [one.key.rpartition("/")[2] for one in found.settled] == ["1"]


def test_undone_message_stays_undone() -> None:
    webinar = make_webinar(starts_at=SOON)
    make_registration(webinar)
    one = send(draft(webinar), NOW)
    fail()
    mailing.undo(mailing=one, now=NOW)

    found = resending.send_again(webinar=webinar, now=NOW)

    assert (len(found.again), len(found.settled)) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_once_sends_once() -> None:
    webinar = make_webinar(starts_at=SOON)
    for _ in range(5):
        register(webinar)
    fail()

    done = at_once(lambda _: resending.send_again(webinar=webinar, now=NOW), range(2))

    assert sorted(len(one.again) for one in done) == [0, 5]


@pytest.mark.django_db(transaction=True)
def test_looking_without_holding_sends_twice() -> None:
    """The control: both look before either writes."""
    webinar, both_have_looked = make_webinar(starts_at=SOON), Barrier(2)
    register(webinar)
    fail()

    def press(_: int) -> int:
        found = resending.outlook(webinar, NOW)
        both_have_looked.wait(timeout=30)
        again.owe_again(found.again)
        return len(found.again)

    assert at_once(press, range(2)) == [1, 1]


def test_organiser_sees_what_failed_and_sends_it_again(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON)
    people = [register(webinar) for _ in range(3)]
    fail()
    bounce = Suppression.Reason.BOUNCE
    suppressing.suppress(address=people[0].email, reason=bounce, now=NOW)

    before = said(organiser_client.get(address(webinar, "deliveries/")))
    url = address(webinar, "deliveries/again/")
    answers = [said(organiser_client.post(url, follow=True)) for _ in range(2)]

    assert "3 messages did not reach their readers 3 messages: 554 5.7.1 not today" in before
    assert "1 is left alone: its address does not exist" in before
    assert "Send 2 again" in before
    assert "2 messages are sent once more." in answers[0]
    assert "Nothing is left to send again." in answers[1]
    assert "1 message did not reach its reader" in answers[1]


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_a_fixed_number_of_questions(
    count: int, organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    webinar = make_webinar(starts_at=SOON)
    for _ in range(count):
        register(webinar)
    fail()

    with django_assert_num_queries(9):
        organiser_client.get(address(webinar, "deliveries/"))
