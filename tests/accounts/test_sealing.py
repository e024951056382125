"""Second factors' secrets in the database: nobody reads them there."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from accounts import sealing
from tests.browsers import Client
from tests.factories import APP_SECRET, PASSWORD, app_code, make_user

SEED = "5eed" * 20


def test_second_factors_are_encrypted_and_a_new_key_takes_over(settings: Settings):
    person = make_user(is_organiser=True)
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": SEED})
    keys = ["a" * 50, "b" * 50, "c" * 50]

    def kept() -> list[Any]:
        rows = Authenticator.objects.order_by("pk").values_list("data", flat=True)
        return [data.get("secret", data.get("seed")) for data in rows]

    def read() -> list[str]:
        return [sealing.MFAAdapter().decrypt(text) for text in kept()]

    assert kept() == read() == [APP_SECRET, SEED]  # as they were before
    settings.SECRET_KEY = keys[0]
    assert (sealing.seal_all(), sealing.seal_all(), read()) == (2, 0, [APP_SECRET, SEED])
    assert [text[:7] for text in kept()] == ["sealed:"] * 2
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = keys[1], keys[:1]
    assert (read(), sealing.seal_all()) == ([APP_SECRET, SEED], 2)
    settings.SECRET_KEY_FALLBACKS = []
    assert (read(), sealing.seal_all()) == ([APP_SECRET, SEED], 0)
    settings.SECRET_KEY = keys[2]  # and the key before is lost: nobody's guess is right
    assert not {APP_SECRET, SEED, "", *kept()} & set(read())
    assert (sealing.seal_all(), len({*read(), *read()})) == (0, 4)


def test_second_step_works_with_what_is_encrypted():
    person = make_user(is_organiser=True)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    sealing.seal_all()
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})

    answer = client.post("/accounts/2fa/authenticate/", {"code": app_code()})

    assert (answer.status_code, answer["Location"]) == (302, "/my/")
