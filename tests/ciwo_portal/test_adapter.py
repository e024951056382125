"""Accounts: from sign-up to a place in an agency, and what nobody may find out."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from agencies.models import Membership
from ciwo_portal import notices
from notifications import kinds, rendering
from notifications.models import Category, Notification
from tests.browsers import Client
from tests.factories import NOW, PASSWORD, make_agency, make_member, make_user

NEW = {
    "name": "Ana Torres",
    "password1": "correct horse battery",
    "time_zone": "America/Denver",
}


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def verified(**fields) -> User:
    """Make a person whose address allauth knows to be confirmed."""
    person = make_user(**fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def last(kind: str) -> Notification:
    """Return the newest message of this kind."""
    return Notification.objects.filter(kind=kind).latest("pk")


def test_sign_up_proves_the_address_and_leads_to_the_agency_and_in():
    agency = make_agency(domain="alder.example.gov")
    coordinator = make_member(agency, role=Membership.Role.COORDINATOR)
    client = Client()

    client.post("/accounts/signup/", NEW | {"email": "Ana@alder.example.gov"})
    code = last("accounts/code").context["code"]
    landed = client.post("/accounts/confirm-email/", {"code": code})
    client.post(f"/my/agency/{agency.slug}/ask/")
    place = User.objects.get(email="ana@alder.example.gov").memberships.get()
    boss = Client()
    boss.force_login(coordinator)
    boss.post("/my/agency/approve/", {"membership": place.pk})

    assert landed["Location"] == "/my/agency/"
    assert last("agencies/asked").recipient == coordinator
    assert last("agencies/asked").state == Notification.State.CANCELLED
    assert last("agencies/approved").recipient == place.person
    assert place.person.memberships.get().status == Membership.Status.ACTIVE


def test_sign_up_returns_to_where_the_person_came_for():
    client = Client()

    client.post("/accounts/signup/", NEW | {"email": "ana@example.org", "next": "/webinars/a/"})
    code = last("accounts/code").context["code"]
    landed = client.post("/accounts/confirm-email/", {"code": code})

    assert landed["Location"] == "/webinars/a/"


def test_offer_keeps_where_the_person_came_for():
    make_agency(domain="alder.example.gov")
    client = Client()

    data = NEW | {"email": "ana@alder.example.gov", "next": "/webinars/a/"}
    client.post("/accounts/signup/", data)
    code = last("accounts/code").context["code"]
    landed = client.post("/accounts/confirm-email/", {"code": code})

    assert landed["Location"] == "/my/agency/?next=%2Fwebinars%2Fa%2F"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short-Pa55wd", ""),  # twelve characters
        ("short-Pa55w", "This password is too short. It must contain at least 12 characters."),
        ("with spaces, " * 10, ""),
        ("1qaz2wsx3edc", "This password is too common."),
        ("ana@example.org", "The password is too similar to the e-mail address."),
    ],
)
def test_password_is_long_and_hard_to_guess(password: str, said: str):
    data = NEW | {"email": "ana@example.org", "password1": password}

    page = Client().post("/accounts/signup/", data)

    errors = [] if page.status_code == 302 else page.context["form"].errors["password1"]
    assert list(errors) == ([said] if said else [])


def test_code_is_owed_to_the_address_for_a_quarter_of_an_hour():
    Client().post("/accounts/signup/", NEW | {"email": "ana@example.org"})

    mail = Notification.objects.get()
    assert (mail.recipient, mail.address) == (None, "ana@example.org")
    assert (mail.category, mail.priority) == (Category.ACCOUNT, 1)
    assert mail.useful_until == mail.due_at + notices.USEFUL_FOR["code"]


def test_wrong_code_lets_nobody_in():
    client = Client()
    client.post("/accounts/signup/", NEW | {"email": "ana@example.org"})

    response = client.post("/accounts/confirm-email/", {"code": "000-000"})

    assert response.status_code == 200
    assert EmailAddress.objects.get().verified is False


def test_new_code_replaces_the_old_one():
    client = Client()
    client.post("/accounts/signup/", NEW | {"email": "ana@example.org"})
    old = last("accounts/code").context["code"]

    client.post("/accounts/confirm-email/", {"action": "resend"})
    new = last("accounts/code").context["code"]

    assert old != new
    assert client.post("/accounts/confirm-email/", {"code": new}).status_code == 302


def page(client: Client, path: str, data: dict[str, str]) -> tuple[int, str, bytes]:
    """Post a form; return the answer and the page that it leads to, without what must differ."""
    answer = client.post(path, data)
    shown = client.get(answer["Location"])
    content = re.sub(rb'csrfmiddlewaretoken" value="\w+"', b"", shown.content)
    return (
        answer.status_code,
        answer["Location"],
        content.replace(data["email"].encode(), b"ADDRESS"),
    )


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/"])
def test_known_and_unknown_addresses_get_the_same_page(path: str):
    verified(email="known@example.org")

    known = page(Client(), path, NEW | {"email": "known@example.org"})
    unknown = page(Client(), path, NEW | {"email": "other@example.org"})

    assert known == unknown
    assert Notification.objects.count() == 2


def test_known_address_gets_no_code_on_sign_up():
    verified(email="known@example.org")

    Client().post("/accounts/signup/", NEW | {"email": "known@example.org"})

    assert Notification.objects.get().kind == "accounts/account_exists"
    assert User.objects.count() == 1


def test_password_is_reset_by_the_link_of_our_own_site(settings):
    person = verified()
    client = Client(headers={"host": "localhost"})

    client.post("/accounts/password/reset/", {"email": person.email})
    link = last("accounts/reset_link").context["password_reset_url"]
    form = client.get(link.removeprefix(settings.SITE_URL))
    client.post(form["Location"], {"password1": "another horse", "password2": "another horse"})

    person.refresh_from_db()
    assert link.startswith(f"{settings.SITE_URL}/accounts/password/reset/key/")
    assert person.check_password("another horse")
    assert last("accounts/changed").context["event"] == "password_reset"


def signed_in(person: User) -> Client:
    """Return a browser in which the person has just proved who it is."""
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def change_address(client: Client, address: str) -> str:
    """Change the address and confirm the new one; return where that leads to."""
    client.post("/accounts/email/", {"email": address, "action_add": ""})
    code = last("accounts/code").context["code"]
    return str(client.post("/accounts/confirm-email/", {"code": code})["Location"])


def test_new_address_ends_what_only_the_old_one_proved():
    left, kept = make_agency(domain="old.example.gov"), make_agency()
    person = verified(email="ana@old.example.gov")
    for agency in (left, kept):
        Membership.objects.create(agency=agency, person=person, status="active", asked_at=NOW)

    landed = change_address(signed_in(person), "ana@new.example.org")

    person.refresh_from_db()
    assert (landed, person.email) == ("/accounts/email/", "ana@new.example.org")
    assert [m.agency for m in person.memberships.active()] == [kept]
    assert last("agencies/ended").recipient == person
    assert last("accounts/changed").address == "ana@old.example.gov"


def test_new_address_offers_the_agency_that_it_opens():
    make_agency(domain="alder.example.gov")

    landed = change_address(signed_in(verified()), "ana@alder.example.gov")

    assert landed == "/my/agency/"


def test_every_mail_of_allauth_has_a_kind_and_a_text():
    templates = Path(allauth.__file__).parent / "templates"
    found = [
        *templates.glob("account/email/*_subject.txt"),
        *templates.glob("mfa/email/*_subject.txt"),
    ]
    events = {path.name.removesuffix("_subject.txt") for path in found}

    assert events - set(notices.WORDS) == set()
    assert set(notices.WORDS.values()) == set(notices.USEFUL_FOR)
    assert [e for e, word in notices.WORDS.items() if word == "changed"] == list(notices.CHANGES)


@pytest.mark.parametrize("event", sorted(notices.WORDS))
def test_every_account_mail_is_written(event: str):
    facts = {"code": "123-456", "from_email": "a@example.org", "to_email": "b@example.org"}

    mail = notices.account(f"account/email/{event}", "a@example.org", facts, NOW)
    message = rendering.render(mail, kinds.get(mail.kind).write(mail))

    text, html = message.body, str(message.alternatives[0][0])
    told = {"code": "123-456", "changed": "b@example.org"}.get(notices.WORDS[event], "http")
    assert (message.to, bool(message.subject)) == (["a@example.org"], True)
    assert (told in text, told in html) == (True, True)
