"""The pages of people and agencies."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from agencies.models import Agency, Membership
from notifications.models import Notification
from tests.factories import (
    NOW,
    PASSWORD,
    make_agency,
    make_community,
    make_member,
    make_user,
    make_webinar,
)
from webinars.models import Presenter

Role, Status = Membership.Role, Membership.Status


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def signed_in(person: User) -> Client:
    """Return a browser in which the person has just signed in with the password."""
    address = {"email": person.email, "verified": True, "primary": True}
    EmailAddress.objects.get_or_create(user=person, defaults=address)
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def asking(agency: Agency, person: User | None = None, **fields) -> Membership:
    """Make a request that waits."""
    asked = {"asked_at": NOW} | fields
    return Membership.objects.create(agency=agency, person=person or make_user(), **asked)


@pytest.mark.parametrize("rows", [1, 3])
def test_directory_asks_three_questions(rows: int, django_assert_num_queries):
    for _ in range(rows):
        make_agency()

    with django_assert_num_queries(3):
        response = Client().get("/agencies/")

    assert response.context["total"] == rows


def test_directory_groups_by_state_and_marks_what_is_invented():
    make_agency(name="Zeta", state="CA", is_demo=True)
    make_agency(name="Alpha", state="CA")
    make_agency(name="Beta", state="AK")

    response = Client().get("/agencies/")

    groups = [(state, [a.name for a in found]) for _, state, found in response.context["groups"]]
    assert groups == [("Alaska", ["Beta"]), ("California", ["Alpha", "Zeta"])]
    assert response.content.count(b">demo</span>") == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=AK", ["Beta County"]),
        ("level=county", ["Beta County"]),
        ("q=harbor", ["Alpha"]),
        ("q=beta+county", ["Beta County"]),
        ("q=nothing", []),
        ("state=XX&level=moon", ["Alpha", "Beta County"]),
        ("page=999999999", ["Alpha", "Beta County"]),
    ],
)
def test_directory_finds(query: str, found: list[str]):
    make_agency(name="Alpha", state="CA", jurisdiction="Harbor")
    make_agency(name="Beta County", state="AK", level="county")

    response = Client().get(f"/agencies/?{query}")

    names = sorted(a.name for _, _, agencies in response.context["groups"] for a in agencies)
    assert names == found
