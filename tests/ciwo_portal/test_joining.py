"""The messages about memberships: who is told what, and when it is not said any more."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from agencies import membership
from agencies.models import Agency, Membership
from ciwo_portal import joining
from notifications import kinds, rendering
from notifications.models import Notification
from tests.factories import make_agency, make_member, make_user

Role, Status = Membership.Role, Membership.Status


def person_of(domain: str) -> User:
    """Make a person with a confirmed address in the domain."""
    person = make_user(email=f"ana@{domain}")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def agency() -> Agency:
    """An agency that owns a mail domain."""
    return make_agency(domain="alder.example.gov")


@pytest.fixture
def place(agency: Agency, organiser: User, now: datetime) -> Membership:
    """A request that the organiser was told of."""
    return joining.ask(person=person_of("alder.example.gov"), agency=agency, now=now)


def told(kind: str) -> list[User | None]:
    """Return who is owed messages of this kind."""
    owed = Notification.objects.open().filter(kind=f"agencies/{kind}").order_by("pk")
    return [message.recipient for message in owed]


def test_organisers_hear_of_a_request_where_no_coordinator_is(place: Membership, organiser: User):
    assert told("asked") == [organiser]


def test_only_coordinators_hear_of_it_where_there_are_some(
    agency: Agency, organiser: User, now: datetime
):
    coordinators = [make_member(agency, role=Role.COORDINATOR) for _ in range(2)]
    make_member(agency)
    person = person_of("alder.example.gov")

    for _ in range(2):
        joining.ask(person=person, agency=agency, now=now)

    assert told("asked") == coordinators


def test_automatic_agency_asks_nobody(organiser: User, now: datetime):
    agency = make_agency(domain="alder.example.gov", join_policy="automatic")

    joining.ask(person=person_of("alder.example.gov"), agency=agency, now=now)

    assert told("asked") == []


def test_unconfirmed_address_opens_nothing(agency: Agency, now: datetime):
    person = make_user(email="ana@alder.example.gov")
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)

    with pytest.raises(membership.NotOffered):
        joining.ask(person=person, agency=agency, now=now)


def test_approval_tells_the_person_once_and_asks_no_more(
    place: Membership, organiser: User, now: datetime
):
    for hours in (1, 2):
        joining.approve(place=place, by=organiser, now=now + timedelta(hours=hours))

    assert told("approved") == [place.person]
    assert told("asked") == []


def test_decline_tells_the_person(place: Membership, organiser: User, now: datetime):
    joining.decline(place=place, reason="Not on our list.", by=organiser, now=now)

    assert (told("declined"), told("asked")) == ([place.person], [])


def test_taking_the_request_back_tells_nobody(place: Membership, now: datetime):
    joining.end(place=place, by=place.person, now=now)

    assert (told("ended"), told("asked")) == ([], [])


def test_ending_and_appointing_tell_the_person(place: Membership, organiser: User, now: datetime):
    joining.approve(place=place, by=organiser, now=now)
    later = now + timedelta(hours=1)

    joining.appoint(place=place, role=Role.COORDINATOR, by=organiser, now=later)
    joining.appoint(
        place=place, role=Role.COORDINATOR, by=organiser, now=later + timedelta(hours=1)
    )
    joining.end(place=place, by=organiser, now=later)

    assert (told("appointed"), told("ended")) == ([place.person], [place.person])


def test_refused_change_owes_nothing(place: Membership, organiser: User, now: datetime):
    joining.end(place=place, by=place.person, now=now)

    with pytest.raises(membership.NotWaiting):
        joining.approve(place=place, by=organiser, now=now)

    assert told("approved") == []


def test_request_is_not_mailed_once_it_is_settled(
    place: Membership, organiser: User, now: datetime
):
    message = Notification.objects.get(kind="agencies/asked")
    write = kinds.get("agencies/asked").write
    letter = write(message)
    membership.approve(membership=place, by=organiser, now=now)

    with pytest.raises(kinds.Dropped):
        write(message)

    assert letter.context["membership"] == place
    assert letter.context["url"].endswith("/manage/people/")


def test_request_is_not_mailed_to_somebody_who_may_not_decide_any_more(
    place: Membership, organiser: User
):
    User.objects.filter(pk=organiser.pk).update(is_organiser=False)

    with pytest.raises(kinds.Dropped):
        kinds.get("agencies/asked").write(Notification.objects.get(kind="agencies/asked"))


def test_decision_is_not_mailed_after_another_one(
    place: Membership, organiser: User, now: datetime
):
    joining.approve(place=place, by=organiser, now=now)
    message = Notification.objects.get(kind="agencies/approved")
    joining.end(place=place, by=organiser, now=now)

    with pytest.raises(kinds.Dropped):
        kinds.get("agencies/approved").write(message)


def test_following_the_address_tells_the_person(place: Membership, now: datetime):
    left = joining.follow_address(
        person=place.person, before=place.person.email, address="ana@example.org", now=now
    )

    assert left == [place]
    assert (told("ended"), told("asked")) == ([place.person], [])


def test_every_mail_about_a_place_names_the_agency_as_it_is_written(
    place: Membership, organiser: User, now: datetime
):
    Agency.objects.filter(pk=place.agency_id).update(name="O'Fallon & Co. Labor Office")
    joining.approve(place=place, by=organiser, now=now)
    joining.appoint(place=place, role=Role.COORDINATOR, by=organiser, now=now + timedelta(hours=1))

    for message in Notification.objects.exclude(kind="agencies/asked"):
        mail = rendering.render(message, kinds.get(message.kind).write(message))

        assert "O'Fallon & Co. Labor Office" in f"{mail.subject} {mail.body}"
        assert "O&#x27;Fallon &amp; Co. Labor Office" in str(mail.alternatives[0][0])
