"""Who may register: the rule, its words, and its trial on people who need not exist."""

from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Agency, Community, Membership
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_community,
    make_member,
    make_series,
    make_user,
    make_webinar,
)
from tests.webinars.test_messages import details
from tests.webinars.test_pages import SOON, browser_of, press, said
from webinars import admitting, audience, offering, registration, scheduling, trying
from webinars.admitting import Ruling
from webinars.audience import Profile
from webinars.models import RULES, Registration, Webinar

State = Registration.State
KIND = (("city", "CA"), ("county", "TX"), ("state", "WA"))


def ruling(**said: Any) -> Ruling:
    """Return rules that are as they come, with changes."""
    base = {name: getattr(Webinar(), name) for name in RULES}
    return Ruling(**base | said)


def people() -> tuple[dict[str, User | AnonymousUser], Community]:
    """Return one of everybody, and the community that some belong to."""
    inside = make_agency(level="city", state="CA")
    community = make_community(inside)
    facilitator = make_user()
    community.facilitators.add(facilitator)
    found: dict[str, User | AnonymousUser] = {
        "visitor": AnonymousUser(),
        "participant": make_user(),
        "inside": make_member(inside),
        "coordinator": make_member(inside, role=Membership.Role.COORDINATOR),
        "facilitator": facilitator,
        "organiser": make_user(is_organiser=True),
    }
    for level, state in KIND:
        found[f"{level} {state}"] = make_member(make_agency(level=level, state=state))
    return found, community


def test_trial_sees_what_visible_to_sees() -> None:
    """The rule of seeing is written twice: for rows in SQL, for samples in words."""
    everybody, community = people()
    everybody["demo facilitator"] = demo = make_user()
    make_community(is_demo=True).facilitators.add(demo)
    webinars = [
        make_webinar(visibility=visibility, community=community)
        for visibility in Webinar.Visibility.values
    ]

    for webinar, (name, person) in product(webinars, everybody.items()):
        seen = Webinar.objects.visible_to(person).filter(pk=webinar.pk).exists()
        tried = audience.is_visible(webinar, audience.profile(person))
        assert (webinar.visibility, name, tried) == (webinar.visibility, name, seen)


@pytest.mark.parametrize(
    ("rules", "admitted"),
    [
        ({}, {"participant", "inside", "coordinator", "facilitator", "city CA", "county TX"}),
        ({"audience": "staff"}, {"inside", "coordinator", "city CA", "county TX"}),
        ({"audience": "community"}, {"inside", "coordinator", "facilitator"}),
        ({"audience": "agencies", "audience_levels": ["county"]}, {"county TX"}),
        (
            {"audience": "agencies", "audience_states": ["CA"]},
            {"inside", "coordinator", "city CA"},
        ),
        (
            {"audience": "agencies", "audience_levels": ["state"], "audience_states": ["CA"]},
            set(),
        ),
    ],
)
def test_rule_admits_whom_it_names(rules: dict[str, Any], admitted: set[str], now: datetime):
    everybody, community = people()
    webinar = make_webinar(community=community, **rules)
    found = set()

    for name, person in everybody.items():
        if isinstance(person, User) and name != "state WA":
            try:
                registration.register(webinar=webinar, person=person, now=now)
            except registration.NotAdmitted:
                continue
            found.add(name)

    assert found == admitted | {"organiser"}


def test_membership_counts_only_while_it_is_active(now: datetime) -> None:
    webinar, person = make_webinar(audience="staff"), make_member()
    person.memberships.update(status="ended", ended_at=now)

    with pytest.raises(registration.NotAdmitted, match="for approved staff of agencies"):
        registration.register(webinar=webinar, person=person, now=now)


def test_closed_community_is_not_named_to_others() -> None:
    hidden = make_community(name="Secret circle", is_listed=False)
    webinar = make_webinar(audience="community", community=hidden)

    assert audience.in_words(webinar) == "Registration is for people of a closed community."


def test_page_says_for_whom_it_is_and_to_others_why_not() -> None:
    webinar = make_webinar(starts_at=SOON, audience="agencies", audience_levels=["city"])
    words = "Registration is for approved staff of city agencies."

    visitor = said(Client().get(webinar.get_absolute_url()))
    other = said(browser_of(make_user()).get(webinar.get_absolute_url()))
    refused = press(browser_of(make_user()), webinar)

    assert words in visitor
    assert "You cannot register for this webinar." in other
    assert f"You were not registered. {words}" in refused


def test_coordinator_cannot_register_colleagues_for_what_is_not_theirs(now: datetime) -> None:
    agency = make_agency(level="county")
    webinar = make_webinar(audience="agencies", audience_levels=["city"])

    assert list(offering.colleagues(webinar, agency)) == []


def test_verdicts_stand_together_where_they_are_alike() -> None:
    for level, state in (("city", "CA"), ("city", "TX"), ("city", "WA"), ("state", "CA")):
        make_agency(level=level, state=state)
    webinar = make_webinar(
        audience="agencies", audience_states=["CA", "WA"], approval="everybody", state="draft"
    )

    found = {one.who: (one.sees, not one.refusal, one.waits) for one in trying.verdicts(webinar)}

    assert found == {
        "A visitor who is not signed in": (True, False, False),
        "A participant of no agency": (True, False, False),
        "Staff or coordinator of a city agency: California, Washington": (True, True, True),
        "Staff or coordinator of a city agency: Texas": (True, False, False),
        "Staff or coordinator of a state agency: California": (True, True, True),
        "An organizer": (True, True, False),
    }


def form(**said: Any) -> dict[str, Any]:
    """Return what the form of the rules sends."""
    base = {
        "audience": "everybody",
        "approval": "nobody",
        "closes_hours": 0,
        "access_hours": 72,
    }
    return base | said


def test_organiser_sets_the_rules_and_tries_an_address(organiser_client: Client) -> None:
    agency = make_agency(level="city", state="CA")
    member = make_member(agency, name="Mel Member", email="mel@example.org")
    webinar = make_webinar(starts_at=SOON, state="draft", published_at=None)
    address = f"/manage/webinars/{webinar.slug}/rules/"
    wanted = form(audience="agencies", audience_levels=["county"], closes_hours=24)

    saved = said(organiser_client.post(address, wanted, follow=True))
    tried = said(organiser_client.get(address, {"address": "MEL@example.org"}))
    unknown = said(organiser_client.get(address, {"address": "nobody@example.org"}))

    webinar.refresh_from_db()
    assert (webinar.audience, webinar.audience_levels) == ("agencies", ["county"])
    assert (webinar.closes_hours, member.memberships.count()) == (24, 1)
    assert "Saved. Below you see what it means for whom." in saved
    assert "Mel Member: may not register. Registration is for approved staff of county" in tried
    assert "Nobody has an account with this address." in unknown


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (form(audience="agencies"), "Choose at least one level or one state."),
        (form(audience="community"), "Name the community first"),
        (form(closes_hours=-1), "greater than or equal to 0"),
    ],
)
def test_rules_that_make_no_sense_are_sent_back(organiser_client: Client, wanted, words: str):
    webinar = make_webinar(starts_at=SOON)

    page = organiser_client.post(f"/manage/webinars/{webinar.slug}/rules/", wanted)

    assert words in said(page)


def test_webinar_of_a_series_starts_with_its_rules(now: datetime) -> None:
    series = make_series()
    admitting.rule_series(series=series, ruling=ruling(audience="staff", closes_hours=48))
    model = make_webinar()

    webinar = scheduling.plan(
        uid=uuid4(),
        details=details(model, title="New", series=series),
        topics=[],
        by=make_user(),
    )

    assert (webinar.audience, webinar.closes_hours) == ("staff", 48)


def test_deadline_closes_registration_and_keeps_places(now: datetime) -> None:
    webinar = make_webinar(closes_hours=24 * 8)  # it is in a week

    with pytest.raises(registration.RegistrationClosed):
        registration.register(webinar=webinar, person=make_user(), now=now)


def test_deadline_is_said_before_and_after() -> None:
    webinar = make_webinar(starts_at=SOON, closes_hours=24)
    before = said(Client().get(webinar.get_absolute_url()))

    Webinar.objects.update(closes_hours=24 * 30)
    after = said(browser_of(make_user()).get(webinar.get_absolute_url()))

    assert "Registration closes on" in before
    assert ("Registration has closed." in after, "Register for this" in after) == (True, False)


def test_profile_of_a_visitor_asks_the_database_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert audience.profile(AnonymousUser()) == Profile(is_signed_in=False)


@pytest.mark.parametrize("number", [1, 3])
def test_rules_page_asks_no_more_with_more_agencies(
    number: int, organiser_client: Client, django_assert_num_queries
) -> None:
    webinar = make_webinar(starts_at=datetime.now(UTC))
    for _ in range(number):
        make_agency(level=Agency.Level.CITY)

    with django_assert_num_queries(6):
        organiser_client.get(f"/manage/webinars/{webinar.slug}/rules/")
