"""Organisers found communities; agencies and facilitators come and go, with effect at once."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agencies import communities
from agencies.models import Community
from tests.browsers import Client
from tests.factories import make_agency, make_community, make_member, make_user
from tests.scene import browser
from tests.threads import at_once

HOME = "/manage/communities/"


def say(answer: Any) -> list[str]:
    """Return what the page after the answer says."""
    return [str(message) for message in answer.context["messages"]]


def test_organiser_founds_a_community_and_fills_it(organiser: User):
    agency, person = make_agency(), make_user()
    organiser_client = browser(organiser, is_sure=True)

    organiser_client.post(f"{HOME}new/", {"name": "Collections circle", "is_listed": "on"})
    community = Community.objects.get()
    organiser_client.post(f"{HOME}{community.slug}/let-in/", {"agency": agency.pk})
    organiser_client.post(f"{HOME}{community.slug}/appoint/", {"email": person.email.upper()})

    assert (community.slug, community.is_listed) == ("collections-circle", True)
    assert list(community.agencies.all()) == [agency]
    assert list(community.facilitators.all()) == [person]


def test_words_change_and_the_address_stays(organiser_client: Client):
    community = make_community(name="Old", slug="old")

    organiser_client.post(f"{HOME}old/edit/", {"name": "New", "summary": "Why"})

    community.refresh_from_db()
    assert (community.slug, community.name, community.summary, community.is_listed) == (
        "old",
        "New",
        "Why",
        False,
    )


@pytest.mark.parametrize("name", ["", "Taken", "taken"])
def test_bad_names_are_refused_and_words_are_kept(organiser_client: Client, name: str):
    make_community(name="Taken")

    page = organiser_client.post(f"{HOME}new/", {"name": name, "summary": "As typed"})

    assert list(page.context["form"].errors) == ["name"]
    assert "As typed" in page.content.decode()
    assert Community.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_double_click_founds_one():
    organiser = make_user(is_organiser=True)
    said = {"name": "Circle", "summary": "", "is_listed": True}

    founded = at_once(lambda _: communities.found(**said, by=organiser), on=range(4))  # type: ignore[arg-type] # as said

    assert len({one.pk for one in founded}) == Community.objects.count() == 1


def test_names_alike_get_addresses_of_their_own(organiser: User):
    founded = [
        communities.found(name=name, summary="", is_listed=True, by=organiser)
        for name in ("Circle", "Circle!", "社区")
    ]

    assert [one.slug for one in founded] == ["circle", "circle-2", "community"]


def test_who_is_taken_out_or_dismissed_reads_no_longer(organiser_client: Client):
    agency, facilitator = make_agency(), make_user()
    community, member = make_community(agency, slug="circle"), make_member(agency)
    community.facilitators.add(facilitator)

    def readers() -> list[int]:
        return [Community.objects.open_to(one).count() for one in (member, facilitator)]

    addresses = (f"{HOME}circle/take-out/{agency.slug}/", f"{HOME}circle/dismiss/{facilitator.pk}/")
    asked = [organiser_client.get(address).context["submit"] for address in addresses]
    before = readers()
    for address in addresses * 2:
        organiser_client.post(address)

    assert (asked, before, readers()) == (["Take out", "Dismiss"], [1, 1], [0, 0])
    assert Community.objects.run_by(facilitator).count() == 0


def test_wrong_choices_are_named(organiser: User):
    agency, organiser_client = make_agency(), browser(organiser, is_sure=True)
    make_community(agency, slug="circle")

    let_in = organiser_client.post(f"{HOME}circle/let-in/", {"agency": agency.pk}, follow=True)
    appoint = organiser_client.post(
        f"{HOME}circle/appoint/", {"email": "nobody@example.org"}, follow=True
    )

    assert say(let_in) == ["Choose an agency that is not in it yet."]
    assert say(appoint) == ["No account uses this address. Ask the person to sign up."]


def test_facilitator_does_not_manage_communities(client: Client):
    facilitator = make_user()
    community = make_community()
    community.facilitators.add(facilitator)
    client.force_login(facilitator)

    addresses = (HOME, f"{HOME}new/", f"{HOME}{community.slug}/", f"{HOME}{community.slug}/edit/")

    assert {client.get(address).status_code for address in addresses} == {403}


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_much_for_many_as_for_one(
    organiser_client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
):
    for _ in range(number):
        community = make_community(*(make_agency() for _ in range(number)))
        community.facilitators.set([make_user() for _ in range(number)])
        make_agency()

    with django_assert_num_queries(4):
        organiser_client.get(HOME)
    with django_assert_num_queries(6):
        organiser_client.get(f"{HOME}{community.slug}/")
