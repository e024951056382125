"""A community with one agency in it, and the people around it."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Agency, Community
from tests.browsers import Client
from tests.factories import make_agency, make_community, make_member, make_user


@dataclass(frozen=True)
class Circle:
    """A community and those who stand inside and outside of it."""

    community: Community
    agency: Agency
    member: User
    facilitator: User
    outsider: User  # of another agency
    stranger: User  # of another community, as its facilitator


@pytest.fixture
def circle() -> Circle:
    """One community with its people, beside another community with its own."""
    agency = make_agency()
    community = make_community(agency)
    facilitator, stranger = make_user(name="Farah Facilitator"), make_user(name="Stan Stranger")
    community.facilitators.add(facilitator)
    make_community(make_agency()).facilitators.add(stranger)
    member, outsider = make_member(agency, name="Mia Member"), make_member(name="Otto Outsider")
    return Circle(community, agency, member, facilitator, outsider, stranger)


def browser_of(person: User | AnonymousUser) -> Client:
    """Return a browser in which this person is signed in, or nobody."""
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client
