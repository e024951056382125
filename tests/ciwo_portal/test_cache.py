"""The cache with Redis and without: pages do without it, tries to sign in are counted."""

from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache, caches

from accounts.models import User
from ciwo_portal.embedded import free_port
from tests.browsers import Client
from tests.factories import PASSWORD, app_code, give_second_factor, make_user


@pytest.fixture
def person() -> User:
    """A person whose address is confirmed."""
    person = make_user()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def _no_redis(settings) -> None:
    """Let nobody listen where Redis was."""
    away = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": away}}


@pytest.fixture
def _own_keys(settings) -> None:
    """Count from nothing, whoever tried before."""
    own = settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": own}


@pytest.fixture(params=["redis", "no redis"])
def _either(request: pytest.FixtureRequest) -> None:
    """With Redis, then without it."""
    if request.param == "no redis":
        request.getfixturevalue("_no_redis")
    else:
        request.getfixturevalue("_own_keys")


def tries(person: User, number: int) -> list[bytes]:
    """Try to sign in with a wrong password, then with the right one; return the pages."""
    words = ["wrong"] * number + [PASSWORD]
    data = [{"login": person.email, "password": word} for word in words]
    return [Client().post("/accounts/login/", one).content for one in data]


@pytest.mark.usefixtures("_either")
def test_wrong_passwords_slow_down_whoever_tries(person: User):
    pages = tries(person, 5)

    assert b"Too many tries." in pages[-1]


@pytest.mark.usefixtures("_either")
def test_code_of_an_app_opens_the_account_once(person: User):
    give_second_factor(person)
    code, answers = app_code(), []
    for _ in range(2):
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert answers == [302, 200]


@pytest.mark.usefixtures("_no_redis")
def test_without_redis_everything_else_is_not_kept():
    cache.set("page", "kept")

    assert (cache.get("page"), cache.add("page", 1), cache.add("page", 1)) == (None, True, True)
    assert (cache.delete("page"), caches["limits"].get("page")) == (False, None)


@pytest.mark.usefixtures("_no_redis")
def test_without_redis_counted_tries_can_be_forgotten():
    cache.set("allauth:rl:test", [1.0], 60)

    assert (cache.get("allauth:rl:test"), cache.delete("allauth:rl:test")) == ([1.0], True)
    assert cache.get("allauth:rl:test") is None
