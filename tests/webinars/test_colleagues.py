"""A coordinator registers colleagues; each says yes or no, and a seat is kept meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from agencies.models import Agency, Membership
from notifications import delivering
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import make_agency, make_member, make_registration, make_user, make_webinar
from tests.postbox import Postbox
from tests.threads import at_once
from tests.webinars.test_messages import details, words_of
from tests.webinars.test_offers import answers, states
from tests.webinars.test_pages import SOON, said
from webinars import offering, personal, registration, scheduling, seats
from webinars.models import Offer, Registration, Webinar

State, Answer = Registration.State, Offer.State


def team(number: int) -> tuple[Agency, User, list[User]]:
    """Return an agency, its coordinator and so many colleagues, in the order of their names."""
    agency = make_agency()
    speaker = make_member(agency, role=Membership.Role.COORDINATOR, name="Ana Coordinator")
    return agency, speaker, [make_member(agency, name=f"Bo {n}") for n in range(number)]


def ask(webinar: Webinar, speaker: User, people: list[User], now: datetime) -> list[Offer]:
    """Ask these colleagues of the coordinator's agency."""
    agency = speaker.memberships.get().agency
    return offering.ask_colleagues(
        webinar=webinar, agency=agency, people=people, by=speaker, now=now
    )


def test_each_colleague_is_asked_once_and_a_seat_is_kept(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=5), team(2)

    for _ in range(2):
        ask(webinar, speaker, people, now)

    assert answers(webinar) == [(person.pk, Answer.OPEN) for person in people]
    assert (states(webinar), seats.free(webinar)) == ([], 3)
    assert Notification.objects.filter(kind="webinars/asked").count() == 2


def test_seats_are_kept_while_they_are_free(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=2), team(3)

    offers = ask(webinar, speaker, people, now)

    assert [offer.holds_seat for offer in offers] == [True, True, False]


def test_nobody_who_waits_is_passed(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=1), team(1)
    make_registration(webinar, state=State.WAITLISTED)
    ask(webinar, speaker, people, now)

    place = offering.accept(webinar=webinar, person=people[0], now=now)

    assert (place.state, webinar.registrations.position(place)) == (State.WAITLISTED, 2)


def test_yes_registers_and_no_frees_the_seat(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=2), team(2)
    ask(webinar, speaker, people, now)
    waits = registration.register(webinar=webinar, person=make_user(), now=now).person

    offering.accept(webinar=webinar, person=people[0], now=now)
    offering.decline(webinar=webinar, person=people[1], now=now)

    seated = set(webinar.registrations.seated().values_list("person", flat=True))
    assert seated == {people[0].pk, waits.pk}
    assert answers(webinar) == [(people[0].pk, Answer.ACCEPTED), (people[1].pk, Answer.DECLINED)]


def test_seat_lapses_after_three_days(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=1), team(1)
    ask(webinar, speaker, people, now)
    waits = registration.register(webinar=webinar, person=make_user(), now=now)

    offering.settle_due(now=now + timedelta(hours=72))

    waits.refresh_from_db()
    assert (waits.state, answers(webinar)) == (State.REGISTERED, [(people[0].pk, Answer.LAPSED)])


def test_taking_back_frees_the_seat(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=1), team(1)
    [offer] = ask(webinar, speaker, people, now)

    for _ in range(2):
        offering.call_off(offer=offer, now=now)

    assert (answers(webinar), seats.free(webinar)) == ([(people[0].pk, Answer.WITHDRAWN)], 1)


def test_registering_oneself_answers_yes(now: datetime) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=1), team(1)
    ask(webinar, speaker, people, now)

    place = registration.register(webinar=webinar, person=people[0], now=now)

    assert (place.state, answers(webinar)) == (State.REGISTERED, [(people[0].pk, Answer.ACCEPTED)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_asking_and_registering_at_once_never_oversell(now: datetime, turn: int) -> None:
    webinar, (_, speaker, people) = make_webinar(capacity=3), team(2)
    acts: list[Callable[[], object]] = [lambda: ask(webinar, speaker, people, now)]
    acts += [
        lambda: registration.register(webinar=webinar, person=make_user(), now=now)
        for _ in range(4)
    ]

    at_once(lambda act: act(), acts)

    held = webinar.registrations.seated().count() + webinar.offers.holding().count()
    assert held == 3


def browser_of(person: User) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def test_coordinator_asks_and_reads_the_answers() -> None:
    webinar, (agency, speaker, people) = make_webinar(starts_at=SOON), team(2)
    client, address = browser_of(speaker), f"{webinar.get_absolute_url()}colleagues/"
    chosen = {"agency": agency.slug, "people": [person.pk for person in people]}

    asked = said(client.post(address, chosen, follow=True))
    for person, button in zip(people, ("take", "decline"), strict=True):
        Client().post(personal.path(webinar, person), {button: "yes"})
    answered = said(client.get(address))

    assert "2 colleagues are asked by e-mail to confirm." in asked
    assert asked.count("Asked; there is time until") == 2
    assert "Bo 0 Registered Said yes" in answered
    assert "Bo 1 None Said no" in answered


def test_mail_says_who_asks_and_opens_the_page(postbox: Postbox) -> None:
    webinar, (agency, speaker, people) = make_webinar(starts_at=SOON), team(1)
    ask(webinar, speaker, people, datetime.now(UTC))

    delivering.drain()

    words = words_of(postbox.received[0])
    assert f"Ana Coordinator of {agency.name} would like you to come. A seat is kept" in words
    [path] = {*re.findall(r"http://127\.0\.0\.1:8000(/places/\S+)", words)}
    assert people[0].name in said(Client().get(path))


def test_nobody_of_another_agency_can_be_asked() -> None:
    webinar, (agency, speaker, _) = make_webinar(starts_at=SOON), team(1)
    client, address = browser_of(speaker), f"{webinar.get_absolute_url()}colleagues/"
    stranger = make_member()

    page = said(client.post(address, {"agency": agency.slug, "people": stranger.pk}, follow=True))
    other = client.post(address, {"agency": stranger.memberships.get().agency.slug})

    assert "Choose at least one colleague who has no place yet." in page
    assert (other.status_code, Offer.objects.count()) == (404, 0)


def test_only_coordinators_have_the_page() -> None:
    webinar, (_, _, people) = make_webinar(starts_at=SOON), team(1)

    answer = browser_of(people[0]).get(f"{webinar.get_absolute_url()}colleagues/")

    assert answer.status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_no_more_with_more_colleagues(number: int, django_assert_num_queries) -> None:
    webinar, (_, speaker, people) = make_webinar(starts_at=SOON), team(number)
    ask(webinar, speaker, people, datetime.now(UTC))
    client = browser_of(speaker)

    with django_assert_num_queries(7):
        client.get(f"{webinar.get_absolute_url()}colleagues/")


def test_who_is_asked_hears_of_a_move_and_of_a_cancellation(postbox: Postbox) -> None:
    webinar, (_, speaker, people) = make_webinar(title="Liens", starts_at=SOON), team(1)
    now = datetime.now(UTC)
    ask(webinar, speaker, people, now)
    delivering.drain()
    later = SOON + timedelta(days=1)
    plan = details(webinar, starts_at=later, ends_at=later + timedelta(hours=1))

    scheduling.change(webinar=webinar, details=plan, topics=[], reason="", now=now)
    delivering.drain()
    for _ in range(2):
        scheduling.cancel(webinar=webinar, reason="A storm", now=now)
    delivering.drain()

    assert [one["Subject"] for one in postbox.received] == [
        "Will you come? Liens",
        "Will you come? Liens",
        "Canceled: Liens",
    ]
    assert "The reason: A storm" in words_of(postbox.received[2])
    assert answers(webinar) == [(people[0].pk, Answer.WITHDRAWN)]
