"""Organisers decide who comes where the rules want it; who waits for it holds no seat."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_member, make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_messages import words_of
from tests.webinars.test_offers import states
from tests.webinars.test_pages import SOON, browser_of, press, said
from webinars import deciding, registration, seats
from webinars.models import Registration, Webinar

State = Registration.State


def asked(webinar: Webinar, now: datetime, number: int = 1) -> list[int]:
    """Return the places of so many people who wait for a decision."""
    people = [make_user() for _ in range(number)]
    return [registration.register(webinar=webinar, person=one, now=now).pk for one in people]


def test_who_waits_for_a_decision_holds_no_seat(now: datetime) -> None:
    webinar = make_webinar(capacity=1, approval="everybody")
    asked(webinar, now, 2)

    assert (states(webinar), seats.free(webinar)) == ([State.PENDING] * 2, 1)


def test_rule_decides_on_staff_at_once(now: datetime) -> None:
    webinar = make_webinar(approval="others")

    for person in (make_member(), make_user()):
        registration.register(webinar=webinar, person=person, now=now)

    assert states(webinar) == [State.REGISTERED, State.PENDING]


def test_approved_people_get_seats_while_there_are_any(now: datetime, organiser: User) -> None:
    webinar = make_webinar(capacity=1, approval="everybody")
    places = asked(webinar, now, 2)

    for _ in range(2):
        deciding.approve(webinar=webinar, places=places, by=organiser, now=now)

    assert states(webinar) == [State.REGISTERED, State.WAITLISTED]
    assert Notification.objects.open().filter(kind="webinars/receipt").count() == 2


def test_declined_person_reads_why_and_cannot_register_again(now, organiser: User) -> None:
    webinar = make_webinar(approval="everybody")
    places = asked(webinar, now)

    deciding.decline(webinar=webinar, places=places, reason="Full of us.", by=organiser, now=now)

    place = webinar.registrations.get()
    assert (place.state, place.declined_reason) == (State.CANCELLED, "Full of us.")
    with pytest.raises(registration.NotAdmitted, match=r"Full of us\."):
        registration.register(webinar=webinar, person=place.person, now=now)


def test_declined_person_can_be_approved_after_all(now: datetime, organiser: User) -> None:
    webinar = make_webinar(approval="everybody")
    places = asked(webinar, now)
    deciding.decline(webinar=webinar, places=places, reason="No.", by=organiser, now=now)

    deciding.approve(webinar=webinar, places=places, by=organiser, now=now)

    place = webinar.registrations.get()
    assert (place.state, place.declined_reason) == (State.REGISTERED, "")


def test_deciding_leaves_seats_alone(now: datetime, organiser: User) -> None:
    webinar = make_webinar()
    place = make_registration(webinar)

    deciding.decline(webinar=webinar, places=[place.pk], reason="No.", by=organiser, now=now)

    assert states(webinar) == [State.REGISTERED]


@pytest.mark.django_db(transaction=True)
def test_approving_at_once_never_oversells(now: datetime, organiser: User) -> None:
    webinar = make_webinar(capacity=2, approval="everybody")
    places = asked(webinar, now, 4)

    at_once(
        lambda pk: deciding.approve(webinar=webinar, places=[pk], by=organiser, now=now), places
    )

    assert webinar.registrations.seated().count() == 2


def test_organiser_approves_and_declines_several_at_once(organiser_client: Client) -> None:
    webinar = make_webinar(starts_at=SOON, approval="everybody")
    places = asked(webinar, datetime.now(UTC), 3)
    address = f"/manage/webinars/{webinar.slug}/approvals/"
    gone = {"place": places[2:], "decline": "yes"}

    approved = said(organiser_client.post(address, {"place": places[:2]}, follow=True))
    bare = organiser_client.post(address, gone)
    declined = said(organiser_client.post(address, gone | {"reason": "For cities."}, follow=True))

    assert "2 registrations approved." in approved
    assert "Say why: everybody whom you decline reads it." in said(bare)
    assert b"checked" in bare.content
    assert ("1 registration declined." in declined, "Declined: For cities." in declined) == (
        True,
        True,
    )


def test_pressing_register_says_that_somebody_decides(postbox: Postbox) -> None:
    webinar, person = make_webinar(starts_at=SOON, approval="everybody"), make_user()

    page = press(browser_of(person), webinar)
    delivering.drain()

    assert "An organizer looks at your registration." in page
    assert "Waiting for approval." in page
    assert postbox.received[0]["Subject"].startswith("An organizer looks at your registration")
    assert "Take your registration back: http://127.0.0.1" in words_of(postbox.received[0])


def test_mail_says_why_it_was_declined(postbox: Postbox, organiser: User) -> None:
    now = datetime.now(UTC)
    webinar = make_webinar(starts_at=SOON, approval="everybody")
    places = asked(webinar, now)
    deciding.decline(webinar=webinar, places=places, reason="For cities.", by=organiser, now=now)

    delivering.drain()

    assert "declined it. The reason: For cities." in words_of(postbox.received[-1])


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_no_more_with_more_people(
    number: int, organiser_client: Client, django_assert_num_queries
) -> None:
    webinar = make_webinar(starts_at=SOON, approval="everybody")
    asked(webinar, datetime.now(UTC), number)

    with django_assert_num_queries(7):
        organiser_client.get(f"/manage/webinars/{webinar.slug}/approvals/")


def test_declined_person_is_offered_nothing_and_reads_why(organiser: User, now: datetime) -> None:
    webinar = make_webinar(starts_at=SOON, approval="everybody", capacity=1)
    make_registration(webinar)
    deciding.decline(
        webinar=webinar, places=asked(webinar, now), reason="For cities.", by=organiser, now=now
    )
    place = webinar.registrations.exclude(declined_reason="").get()

    page = said(browser_of(place.person).get(webinar.get_absolute_url()))

    assert "An organizer has declined your registration. For cities." in page
    assert ("Join the waitlist" in page, place.get_state_display()) == (False, "Declined")
