"""Whom it concerns is told who came, went or has another role; slips are told to nobody."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from agencies.membership import SLIP
from agencies.models import Agency, Community, Membership
from ciwo_portal import belonging, chasing, joining
from notifications import delivering
from notifications.models import Notification
from tests.factories import make_agency, make_community, make_member, make_user
from tests.postbox import Postbox
from tests.scene import browser

Role = Membership.Role
AGO = datetime.now(UTC) - 3 * SLIP  # the wait for slips is over
LATER = AGO + timedelta(minutes=2)
LATEST = AGO + timedelta(minutes=4)


def person_of(domain: str, name: str) -> User:
    """Make a person with a confirmed address in the domain."""
    person = make_user(name=name, email=f"{name.lower()}@{domain}")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def arrived(postbox: Postbox, subjects: str = "") -> list[tuple[str, str]]:
    """Deliver what is due; return to whom which subjects came."""
    postbox.received.clear()
    delivering.drain()
    came = [(str(one["To"]), str(one["Subject"]).strip()) for one in postbox.received]
    return sorted(pair for pair in came if subjects in pair[1])


def words(message: EmailMessage) -> str:
    """Return the message's text in one line."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


@pytest.fixture
def agency() -> Agency:
    """An agency that takes in whoever has its address."""
    return make_agency(name="Alder Labor", domain="alder.example.gov", join_policy="automatic")


@pytest.fixture
def coordinator(agency: Agency) -> User:
    """Who speaks for the agency."""
    return make_member(agency, role=Role.COORDINATOR, name="Casey")


def test_coordinators_hear_who_came_left_and_moved_away(
    agency: Agency, coordinator: User, postbox: Postbox
):
    ana, ben = (person_of("alder.example.gov", name) for name in ("Ana", "Ben"))
    to, told = coordinator.email, []

    for person in (ana, ben):
        joining.ask(person=person, agency=agency, now=AGO)
    told += arrived(postbox)
    joining.end(place=ana.memberships.get(), by=ana, now=LATER)
    told += arrived(postbox)
    joining.follow_address(person=ben, before=ben.email, address="ben@example.org", now=LATEST)
    told += arrived(postbox, "has left")

    assert told == [
        (to, "2 changes among your colleagues: Alder Labor"),
        (to, "Ana has left Alder Labor"),
        (to, "Ben has left Alder Labor"),
    ]
    assert "new address is not in" in words(postbox.received[-1])


@pytest.mark.parametrize("then", ["asks", "is declined", "takes it back"])
def test_who_ended_it_is_said_though_the_person_asks_again(
    agency: Agency, coordinator: User, organiser: User, postbox: Postbox, then: str
):
    ben, olive = make_member(agency, name="Ben"), make_user(name="Olive", is_organiser=True)
    joining.end(place=ben.memberships.get(), by=olive, now=AGO)

    again = Membership.objects.create(person=ben, agency=agency, asked_at=LATER)
    if then == "is declined":
        joining.decline(place=again, reason="Call us.", by=organiser, now=LATEST)
    elif then == "takes it back":
        joining.end(place=again, by=ben, now=LATEST)

    assert arrived(postbox, "left") == [(coordinator.email, "Ben has left Alder Labor")]
    [mail] = [one for one in postbox.received if one["To"] == coordinator.email]
    assert "Olive ended the membership." in words(mail)


def test_who_changed_it_is_not_told_and_the_others_are(agency: Agency, postbox: Postbox):
    casey, dana = (make_member(agency, role=Role.COORDINATOR, name=n) for n in ("Casey", "Dana"))
    ana, organiser = make_user(name="Ana"), make_user(is_organiser=True)

    place = joining.admit(person=ana, agency=agency, role=Role.STAFF, by=organiser, now=AGO)
    joining.appoint(place=place, role=Role.COORDINATOR, by=casey, now=AGO + timedelta(minutes=1))

    assert arrived(postbox, "Ana has joined") == [(dana.email, "Ana has joined Alder Labor")]


@pytest.mark.parametrize("hours", [0, 12])  # within the wait, or before the reader's morning
def test_what_was_put_right_before_it_was_told_is_not_told(
    agency: Agency, coordinator: User, organiser: User, postbox: Postbox, hours: int
):
    community, staff = make_community(name="Circle"), make_member(agency)
    later = AGO + timedelta(hours=hours)
    deed: dict[str, Any] = {"community": community, "by": organiser}

    place = joining.ask(person=person_of("alder.example.gov", "Ana"), agency=agency, now=AGO)
    belonging.let_in(agency=agency, now=AGO, **deed)
    belonging.appoint(person=staff, now=AGO, **deed)
    joining.end(place=place, by=place.person, now=later)
    belonging.take_out(agency=agency, now=later, **deed)
    belonging.dismiss(person=staff, now=later, **deed)
    Notification.objects.update(due_at=AGO)

    assert arrived(postbox) == []
    reasons = Notification.objects.exclude(recipient=place.person).values_list("reason", flat=True)
    assert set(reasons) == {"the person knows it as it is"}


def test_agency_and_facilitators_hear_that_it_entered_and_left(
    agency: Agency, coordinator: User, organiser: User, postbox: Postbox
):
    community, staff, facilitator = make_community(name="Circle"), make_member(agency), make_user()
    community.facilitators.add(facilitator)
    deed: dict[str, Any] = {"community": community, "by": organiser}

    for one in (agency, agency, make_agency()):
        belonging.let_in(agency=one, now=AGO, **deed)
    entered = arrived(postbox)
    belonging.take_out(agency=agency, now=LATER, **deed)
    left = arrived(postbox)

    in_it = "Alder Labor belongs to “Circle” now"
    out = "Alder Labor does not belong to “Circle” any more"
    both = "2 changes among the agencies: Circle"
    people = {coordinator.email, staff.email}
    assert set(entered) == {*((one, in_it) for one in people), (facilitator.email, both)}
    assert set(left) == {(one, out) for one in {*people, facilitator.email}}


def test_facilitators_hear_that_they_are_appointed_and_dismissed(organiser: User, postbox: Postbox):
    circle, person = make_community(name="Circle"), make_user()
    deed: dict[str, Any] = {"community": circle, "by": organiser}

    for facilitator in (person, person, organiser):  # who appoints themselves knows it
        belonging.appoint(person=facilitator, now=AGO, **deed)
    told = arrived(postbox)
    belonging.dismiss(person=person, now=LATER, **deed)
    told += arrived(postbox)

    assert told == [
        (person.email, "You facilitate “Circle” now"),
        (person.email, "You do not facilitate “Circle” any more"),
    ]
    assert "not open to you any more" in words(postbox.received[0])
    assert Community.objects.run_by(person).count() == 0


def test_nobody_hears_of_what_is_not_theirs_any_more(
    agency: Agency, coordinator: User, organiser: User, postbox: Postbox
):
    community, staff = make_community(name="Circle"), make_member(agency)
    belonging.let_in(community=community, agency=agency, by=organiser, now=AGO)
    joining.ask(person=person_of("alder.example.gov", "Ana"), agency=agency, now=AGO)
    staff.memberships.update(status="ended", ended_at=AGO)
    coordinator.memberships.update(role=Role.STAFF)

    told = arrived(postbox)

    assert told == [(coordinator.email, "Alder Labor belongs to “Circle” now")]


def test_who_is_declined_reads_why_in_the_mail_and_on_the_page(coordinator: User, postbox: Postbox):
    agency = coordinator.memberships.get().agency
    place = Membership.objects.create(agency=agency, person=make_user(name="Ana"), asked_at=AGO)
    client, reason = browser(coordinator, is_sure=True), "We know no Ana here & ask you to call."
    chosen = {"membership": place.pk, "next": "/my/agency/"}

    asked = client.post("/my/agency/decline/", chosen)
    unsaid = client.post("/my/agency/decline/", chosen | {"reason": " "})
    before = Membership.objects.get(pk=place.pk).status
    client.post("/my/agency/decline/", chosen | {"reason": reason})
    delivering.drain()

    kept = Membership.objects.get(pk=place.pk)
    [mail] = postbox.received
    assert asked.context["question"] == "Decline Ana?"
    assert (list(unsaid.context["form"].errors), before) == (["reason"], "pending")
    assert (kept.status, kept.reason) == (Membership.Status.ENDED, reason)
    assert f"The reason: {reason}" in words(mail)
    assert browser(place.person).get("/my/agency/").context["declined"] == [kept]


@pytest.mark.parametrize("has_another", [False, True])
def test_who_has_no_agency_is_not_sent_to_it_and_reads_the_reason_for_a_while(
    agency: Agency, coordinator: User, postbox: Postbox, has_another: bool
):
    ana, now = make_member(agency, name="Ana"), datetime.now(UTC)
    joining.end(place=ana.memberships.get(), by=coordinator, now=AGO)
    again = Membership.objects.create(person=ana, agency=agency, asked_at=LATER)
    joining.decline(place=again, reason="Call us.", by=coordinator, now=LATEST)
    if has_another:
        place = {"person": ana, "agency": make_agency(), "status": "active"}
        Membership.objects.create(**place, asked_at=now, decided_at=now)

    arrived(postbox)
    shown = [browser(ana).get("/my/agency/").context["declined"]]
    Membership.objects.filter(pk=again.pk).update(ended_at=now - timedelta(days=91))
    shown.append(browser(ana).get("/my/agency/").context["declined"])

    mails = [words(one) for one in postbox.received if one["To"] == ana.email]
    label = "Go to my agency: " if has_another else "See how to join an agency: "
    assert [label in mail for mail in mails] == [True, True]
    assert shown == [[] if has_another else [again], []]


def asked(agency: Agency, day: int, name: str = "Ana") -> Membership:
    """Make a request of a day in November 2026."""
    asked_at = datetime(2026, 11, day, 15, tzinfo=UTC)
    return Membership.objects.create(agency=agency, person=make_user(name=name), asked_at=asked_at)


def test_who_waits_is_brought_up_after_three_working_days_and_then_to_organizers(
    agency: Agency, coordinator: User, organiser: User
):
    asked(agency, day=20)  # a Friday; the next Thursday is Thanksgiving
    told = []

    for day in range(23, 31):
        for minute in (1, 2):
            chasing.queue_due(now=datetime(2026, 11, day, 15, minute, tzinfo=UTC))
        owed = Notification.objects.filter(kind="agencies/waiting").order_by("pk")
        told.append(([one.recipient for one in owed], Membership.objects.for_organisers().count()))

    reminded, passed_on = ([coordinator], 0), ([coordinator, organiser], 1)
    assert told == [([], 0)] * 2 + [reminded] * 5 + [passed_on]


def test_requests_due_together_come_in_one_mail_to_who_may_decide(
    agency: Agency, coordinator: User, organiser: User, postbox: Postbox
):
    places = [asked(agency, day=2, name=name) for name in ("Ana", "Ben", "Cleo")]
    asked(make_agency(name="Nobody leads it"), day=2, name="Dov")

    for minute in (1, 6):  # what is brought up for the first time is not passed on as well
        chasing.queue_due(now=datetime(2026, 11, 30, 15, minute, tzinfo=UTC))
    joining.approve(place=places[0], by=organiser, now=AGO)
    arrived(postbox)

    mails = [one for one in postbox.received if "wait" in str(one["Subject"])]
    names = {
        str(one["To"]): [name for name in ("Ana", "Ben", "Cleo", "Dov") if name in words(one)]
        for one in mails
    }
    assert (len(mails), names) == (
        2,
        {coordinator.email: ["Ben", "Cleo"], organiser.email: ["Dov"]},
    )
    [to_organiser] = [words(one) for one in mails if one["To"] == organiser.email]
    assert "since November 2, 2026. The agency has no coordinator." in to_organiser


def test_own_page_of_a_coordinator_shows_who_waits(agency: Agency, coordinator: User):
    place = asked(agency, day=2)
    asked(make_agency(), day=2)
    pages = [browser(person).get("/my/") for person in (coordinator, make_member(agency))]
    for _ in range(20):
        asked(agency, day=3)
    crowded = browser(coordinator).get("/my/").content.decode()

    assert [page.context["waiting"] for page in pages] == [[place], []]
    assert ["A colleague waits for you" in page.content.decode() for page in pages] == [True, False]
    assert ("21 colleagues wait" in crowded, "The oldest 20 are shown." in crowded) == (True, True)
