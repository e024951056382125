"""Every page of accounts can be shown, and no script stands in it."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from bs4 import BeautifulSoup
from django.core.management import call_command

from accounts.models import User
from tests.browsers import Client
from tests.factories import PASSWORD, make_user

VISITOR = ("login", "signup", "password/reset", "password/reset/done", "inactive")
VISITOR_LATE = ("password/reset/key/done", "password/reset/key/1-none")
OWN = ("logout", "email", "password/change", "reauthenticate", "2fa", "2fa/webauthn")
GUARDED = ("2fa/totp/activate", "2fa/recovery-codes/generate", "2fa/webauthn/add")
PROTECTED = ("2fa/totp/deactivate", "2fa/recovery-codes", "2fa/reauthenticate")
KEYED = ("2fa", "2fa/webauthn", "2fa/webauthn/reauthenticate")


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def person() -> User:
    """A person whose address is confirmed."""
    person = make_user()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def client(person: User) -> Client:
    """The person's browser, a moment after signing in and proving it once more."""
    client = Client()
    come_in(client, person)
    return client


def come_in(client: Client, person: User) -> None:
    """Sign in and prove it once more; a new second step has ended what was open before."""
    client.force_login(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def add_key(person: User) -> Authenticator:
    """Give the person a passkey that no device holds."""
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    return Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Laptop", "credential": credential}
    )


def test_first_administrator_signs_in_before_mail_works(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="Olive@example.org", name="Olive", interactive=False)
    client = Client()

    signed_in = client.post(
        "/accounts/login/", {"login": "olive@example.org", "password": PASSWORD}
    )
    managed = client.get("/manage/")

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/my/")
    assert (managed.status_code, managed["Location"].partition("?")[0]) == (302, "/accounts/2fa/")


def check(client: Client, path: str) -> None:
    """Show a page: it has one heading, labels on its fields, and only scripts from files."""
    response = client.get(f"/accounts/{path}/")
    page = BeautifulSoup(response.content, "html.parser")
    fields = page.select("main input:not([type=hidden]):not([type=submit])")
    labels = {label["for"] for label in page.select("label[for]")}

    assert response.status_code == 200, getattr(response, "url", "")
    assert len(page.select("h1")) == 1
    assert [field["id"] for field in fields if field["id"] not in labels] == []
    assert [s for s in page.select("script:not([src])") if s["type"] != "application/json"] == []


@pytest.mark.parametrize("path", VISITOR + VISITOR_LATE)
def test_visitors_pages_are_shown(path: str):
    check(Client(), path)


@pytest.mark.parametrize("path", OWN + GUARDED)
def test_own_pages_are_shown(client: Client, path: str):
    check(client, path)


@pytest.mark.parametrize("path", PROTECTED)
def test_pages_of_the_second_step_are_shown(client: Client, person: User, path: str):
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    come_in(client, person)

    check(client, path)


def test_pages_of_a_key_are_shown(client: Client, person: User):
    key = add_key(person)
    come_in(client, person)

    for path in (
        "2fa",
        "2fa/webauthn",
        *(f"2fa/webauthn/keys/{key.pk}/{p}" for p in ("edit", "remove")),
    ):
        check(client, path)


def test_code_page_is_shown_and_can_send_another():
    client = Client()
    data = {"name": "Ana", "email": "ana@example.org", "password1": "correct horse battery"}
    data["time_zone"] = "America/Denver"

    client.post("/accounts/signup/", data)

    check(client, "confirm-email")
    assert b"Send a new code" in client.get("/accounts/confirm-email/").content


def test_new_address_waits_for_its_code(client: Client):
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})

    check(client, "confirm-email")
    check(client, "email")


def test_second_step_is_asked_for_and_takes_the_apps_code(person: User):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    client = Client()

    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    check(client, "2fa/authenticate")
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    right = client.post("/accounts/2fa/authenticate/", {"code": code})

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert (wrong.status_code, right["Location"]) == (200, "/my/")


def test_recovery_code_opens_the_account_once(person: User):
    TOTP.activate(person, generate_totp_secret())
    code = RecoveryCodes.activate(person).get_unused_codes()[0]

    answers = []
    for _ in range(2):
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert answers == [302, 200]


def test_wrong_password_says_so_and_names_no_account(person: User):
    pages = [
        Client().post("/accounts/login/", {"login": address, "password": "wrong"}).content
        for address in (person.email, "other@example.org")
    ]

    assert [b"There is a problem" in page for page in pages] == [True, True]


def test_closed_account_cannot_sign_in(person: User):
    User.objects.update(is_active=False)

    answer = Client().post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    assert answer["Location"] == "/accounts/inactive/"
