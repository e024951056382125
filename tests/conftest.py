"""The people of the tests, and the moment at which everything happens."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache, caches
from django.db import connection

from accounts.models import User
from agencies.models import Membership
from ciwo_portal.celery import app as celery_app
from tests.browsers import Client
from tests.factories import NOW, make_agency, make_member, make_user

pytest_plugins = [
    "tests.counting",
    "tests.emptying",
    "tests.postbox",
    "tests.scene",
    "tests.image",
    "tests.deployed",
]


@pytest.fixture(scope="session", autouse=True)
def _nobody_else(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In the end nobody holds the database, which is dropped: a killed program's line may."""
    yield
    with django_db_blocker.unblock():
        connection.close()
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 from outside, as Django drops it
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test may use the database, and finds nothing that another has kept."""
    cache.clear()
    caches["template_fragments"].clear()


@pytest.fixture(scope="session", autouse=True)
def _own_redis(worker_id: str) -> None:
    """Tests that run side by side have a cache and a broker each."""
    if worker_id != "master":
        base = settings.REDIS_URL.rpartition("/")[0]
        settings.REDIS_URL = f"{base}/{int(worker_id.removeprefix('gw')) + 1}"
        settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL
        settings.CELERY_BROKER_URL = settings.REDIS_URL
        celery_app.conf.broker_url = settings.REDIS_URL
        del caches["default"]  # made on import, for everybody's


class QuickHasher(Argon2PasswordHasher):
    """The portal's hasher at the least cost: nobody is to guess the passwords of tests."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    settings.PASSWORD_HASHERS = [f"{QuickHasher.__module__}.{QuickHasher.__qualname__}"]


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
def client() -> Client:
    """A browser in which nobody is signed in; pytest-django's knows no second factor."""
    return Client()


@pytest.fixture
def organiser_client(organiser: User) -> Client:
    """A browser in which the organiser is signed in."""
    client = Client()
    client.force_login(organiser)
    return client
