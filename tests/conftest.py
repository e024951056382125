"""The people of the tests, and the moment at which everything happens."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from agencies.models import Membership
from tests.factories import NOW, make_agency, make_member, make_user

pytest_plugins = ["tests.postbox", "tests.scene"]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test may use the database."""


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen: a Monday, 10 in the morning in New York."""
    return NOW


@pytest.fixture
def participant() -> User:
    """A person with a verified address and no agency."""
    return make_user(name="Pat Participant")


@pytest.fixture
def staff() -> User:
    """An approved member of an agency."""
    return make_member(name="Sam Staff")


@pytest.fixture
def coordinator() -> User:
    """The coordinator of an agency."""
    return make_member(make_agency(), name="Casey Coordinator", role=Membership.Role.COORDINATOR)


@pytest.fixture
def organiser() -> User:
    """Somebody who runs the programme."""
    return make_user(name="Olive Organiser", is_organiser=True)


@pytest.fixture
def organiser_client(organiser: User) -> Client:
    """A browser in which the organiser is signed in."""
    client = Client()
    client.force_login(organiser)
    return client
