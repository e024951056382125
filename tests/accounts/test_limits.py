"""Strangers run out of tries to sign in; owners are slowed down at most, and never kept out."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts import devices
from accounts.models import User
from notifications.models import Notification
from tests.browsers import Client
from tests.factories import PASSWORD, app_code, give_second_factor, make_user

TRIES = 1000
WRONG = "The email address and/or password you specified are not correct."
TOO_MANY = "Too many tries."


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings) -> None:
    """Count from nothing, whoever tried before."""
    own = settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}
    settings.CACHES = settings.CACHES | {"default": own}


@pytest.fixture
def owner() -> User:
    """A person whose address is confirmed."""
    person = make_user()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_in(client: Client, address: str, password: str, near: str = "192.0.2.1") -> str:
    """Send the form from a network address; return what was wrong, or where the answer leads."""
    data = {"login": address, "password": password}
    answer = client.post("/accounts/login/", data, REMOTE_ADDR=near)
    if answer.status_code == 302:
        return str(answer["Location"])
    page = answer.content.decode()
    return WRONG if WRONG in page else TOO_MANY if TOO_MANY in page else page


def guess(person: User, password: str, near: str) -> str:
    """Try a password as the form does; return what is wrong."""
    request = RequestFactory().post("/accounts/login/", REMOTE_ADDR=near)
    with context.request_context(request):
        adapter = get_adapter(request)
        try:
            found = adapter.authenticate(request, email=person.email, password=password)
        except ValidationError as refusal:
            return TOO_MANY if TOO_MANY in refusal.message else str(refusal.message)
    return "/my/" if found else WRONG


def known_browser(person: User) -> Client:
    """Return a browser in which the person has signed in before, and is signed out again."""
    client = Client()
    assert sign_in(client, person.email, PASSWORD, "198.51.100.7") == "/my/"
    client.post("/accounts/logout/")
    return client


def one_address() -> Iterator[str]:
    """Yield the network addresses of a stranger who has one."""
    yield from ["192.0.2.1"] * TRIES


def many_addresses() -> Iterator[str]:
    """Yield the network addresses of a stranger who has one for each try."""
    yield from (f"203.0.{n // 250}.{n % 250 + 1}" for n in range(TRIES))


@pytest.mark.parametrize(("stranger", "tries"), [(one_address, 5), (many_addresses, 20)])
def test_a_stranger_runs_out_of_tries_and_keeps_no_owner_out(owner: User, stranger, tries: int):
    home, elsewhere = known_browser(owner), Client()
    refused = refusals("unknown")  # no page is asked for: a thousand would take minutes

    said = [guess(owner, f"guess {n}", near) for n, near in enumerate(stranger())]

    assert (said.count(WRONG), said.count(TOO_MANY)) == (tries, TRIES - tries)
    assert refusals("unknown") - refused == TRIES - tries
    assert sign_in(home, owner.email, "mistyped") == WRONG
    assert sign_in(home, owner.email, PASSWORD) == "/my/"
    assert by_code(elsewhere, owner) == "/my/"


def test_a_code_by_mail_spares_nobody_the_second_factor(owner: User):
    give_second_factor(owner)
    client = Client()

    led = by_code(client, owner)
    before = client.get("/my/").status_code
    client.post(led, {"code": app_code()})

    assert (led, before, client.get("/my/").status_code) == (
        "/accounts/2fa/authenticate/",
        302,
        200,
    )


def test_codes_run_out_for_strangers_and_not_in_a_known_browser(owner: User):
    home = known_browser(owner)

    answers = [ask_for_code(Client(), owner.email, f"203.0.113.{n}") for n in range(35)]

    assert [answers.count(status) for status in (302, 200)] == [30, 5]
    assert by_code(home, owner) == "/my/"


def test_known_and_unknown_addresses_run_out_alike(owner: User):
    said = [
        [sign_in(Client(), address, "wrong") for _ in range(7)]
        for address in (owner.email, "nobody@example.org")
    ]

    assert said == [[WRONG] * 5 + [TOO_MANY] * 2] * 2


def test_a_browser_is_known_for_its_own_account_only(owner: User):
    other = make_user()
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client = known_browser(other)

    said = [sign_in(client, owner.email, "wrong") for _ in range(7)]

    assert said == [WRONG] * 5 + [TOO_MANY] * 2


@pytest.mark.parametrize("change", [lambda v: v[:-1] + "x", lambda v: "a.b:1:c", lambda v: ""])
def test_a_forged_cookie_makes_no_browser_known(owner: User, settings: Settings, change):
    client = known_browser(owner)
    name = settings.DEVICE_COOKIE_NAME
    client.cookies[name] = change(client.cookies[name].value)
    request = client.get("/accounts/login/").wsgi_request

    assert devices.recognize(request, owner.email) == ""


def test_a_new_password_gives_the_tries_back(owner: User):
    for near in range(25):
        sign_in(Client(), owner.email, "wrong", f"203.0.113.{near}")
    client = Client()
    client.post("/accounts/password/reset/", {"email": owner.email})
    link = Notification.objects.get(kind="accounts/reset_link").context["password_reset_url"]
    form = client.get("/accounts" + link.partition("/accounts")[2])["Location"]
    words = dict.fromkeys(("password1", "password2"), "another long passphrase")
    client.post(form, words)

    assert sign_in(client, owner.email, "another long passphrase") == "/my/"


def test_refusals_are_logged_and_counted_without_naming_anybody(owner: User, caplog):
    for _ in range(6):
        sign_in(Client(), owner.email, "wrong")

    lines = [r.getMessage() for r in caplog.records if "try_refused" in r.getMessage()]
    assert len(lines) == 1
    assert owner.email not in lines[0]
    assert (
        'ciwo_refused_tries_total{at="account_login"}' in Client().get("/metrics").content.decode()
    )


def by_code(client: Client, person: User) -> str:
    """Sign in with a code by mail; return where it leads."""
    ask_for_code(client, person.email, "198.51.100.9")
    code = Notification.objects.filter(kind="accounts/code").order_by("-pk")[0].context["code"]
    return str(client.post("/accounts/login/code/confirm/", {"code": code})["Location"])


def ask_for_code(client: Client, address: str, near: str) -> int:
    """Ask for a code from this network address; return the status: 302 if it is on its way."""
    data = {"email": address}
    return client.post("/accounts/login/code/", data, REMOTE_ADDR=near).status_code


def refusals(at: str) -> float:
    """Return how many tries were refused on this page."""
    return REGISTRY.get_sample_value("ciwo_refused_tries_total", {"at": at}) or 0.0
