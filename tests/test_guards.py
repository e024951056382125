"""What guards stand for: no address tells more without a second factor, none answers past them."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, Membership
from surveys.models import Response
from tests.addresses import Ask
from tests.browsers import Client
from tests.factories import make_answer, make_question, make_user
from tests.scene import PEOPLE, Scene
from tests.test_access import sections
from tests.test_hidden import MAY_KNOW, NAMED, plain

pytestmark = pytest.mark.timeout(900)  # hundreds of pages a test, on a loaded machine

# Who has rights that wait for a second factor, and who has the same but for those rights.
ALIKE = {"organiser": "participant", "coordinator": "staff"}
CANARY = re.compile(rf"{NAMED.pattern}|(?:Answer|Person)-[a-z]+")
LINKS = (
    "/answers/",
    "/speaking/",
    "/places/",
    "/join/",
)  # open to who has them, whoever is signed in
# Where those with rights that count find what they alone may read.
CONTROLS = {
    "organiser": {
        "/manage/webinars/": "Webinar-draft",
        "/manage/sessions/": "Session-draft",
        "/manage/resources/": "Material-organisers",
        "/surveys/done/findings.csv": "Answer-confidential",
    },
    "coordinator": {"/my/agency/": "Person-waiting"},
}


@pytest.fixture
def ask(world: Scene, settings: Settings) -> Ask:
    """Everybody, and once more, as "… held", those with rights whose session used no factor."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
    done = Response.objects.get(wave__slug="done")
    said = make_question(done.wave.survey, key="said", type="text")
    make_answer(done, said, "Answer-confidential", sharing="organisers")
    Membership.objects.create(
        agency=Agency.objects.get(slug="home"),
        person=make_user(name="Person-waiting"),
        asked_at=timezone.now(),
    )
    found = Ask(world)
    for name in ALIKE:
        found.sign_in(f"{name} held", world.people[name], uses_factor=False)
    return found


@pytest.mark.parametrize("name", ALIKE)
def test_without_a_second_factor_no_address_tells_what_the_rights_open(ask: Ask, name: str):
    known = MAY_KNOW | {"Answer-confidential": {"staff"}}  # it is their own agency's
    hidden = set()
    opened = []

    for address, method, status in rows(ALIKE[name]):
        held, _leads, page = ask.answer(f"{name} held", method, address)
        told = set(CANARY.findall(plain(page.decode(errors="ignore"))))
        if not address.startswith(LINKS):
            hidden |= {(address, c) for c in told if ALIKE[name] not in known.get(c, set())}
        if held == "200" != status and not address.startswith("/accounts/2fa/"):
            opened.append((method, address))

    assert (hidden, opened) == (set(), [])


@pytest.mark.parametrize("name", ALIKE)
def test_with_a_second_factor_the_same_is_told(ask: Ask, name: str):
    told = {
        address: canary
        for address, canary in CONTROLS[name].items()
        if canary in ask.answer(name, "GET", address)[2].decode()
    }

    assert told == CONTROLS[name]


def rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield each address of the table with GET and POST, and the status that this person gets."""
    for line in chain.from_iterable(sections().values()):
        address, *cells = line.split()
        for method, statuses in zip(("GET", "POST"), " ".join(cells).split("|"), strict=True):
            found = statuses.split()
            people = PEOPLE if len(found) == len(PEOPLE) else [n for n in PEOPLE if n != "former"]
            yield address, method, dict(zip(people, found, strict=False)).get(name, found[0])


def asked(path: str, **how: Any) -> HttpResponse:
    """Return the answer to a visitor, by https to our own host if nothing else is said."""
    return Client(raise_request_exception=False).get(path, **{"secure": True} | how)  # type: ignore[return-value] # one


# What answers before the views are reached, or is made for machines.
EARLY = ("/webinars/", "/static/img/mark.svg", "/mail/reports/")
MACHINES = ("/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("path", EARLY)
def test_nothing_answers_before_https_and_the_host(path: str, settings: Settings):
    settings.VISITOR_CACHE_SECONDS, settings.SECURE_SSL_REDIRECT = 30, True
    settings.SECURE_HSTS_SECONDS = 60
    first, second = asked(path), asked(path)  # the second one may come from the cache

    plain = asked(path, secure=False)
    strange = asked(path, headers={"host": "evil.example"})

    assert (plain.status_code, plain["Location"]) == (301, f"https://testserver{path}")
    assert strange.status_code == 400
    assert second.status_code == first.status_code
    for header in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"):
        assert second[header] == first[header] != ""


@pytest.mark.parametrize("path", MACHINES)
def test_what_machines_ask_needs_our_host_but_no_https(path: str, settings: Settings):
    settings.SECURE_SSL_REDIRECT = True

    answers = [
        asked(path, secure=False).status_code,
        asked(path, headers={"host": "evil.example"}).status_code,
    ]

    assert answers in ([200, 400], [503, 400])


def test_a_kept_page_of_one_host_is_given_to_no_other(settings: Settings):
    settings.VISITOR_CACHE_SECONDS, settings.ALLOWED_HOSTS = 30, ["testserver", "second.example"]
    asked("/webinars/")

    answers = {
        host: asked("/webinars/", headers={"host": host}).status_code
        for host in ("testserver", "second.example", "evil.example", "testserver.evil.example")
    }

    assert answers == {
        "testserver": 200,
        "second.example": 200,
        "evil.example": 400,
        "testserver.evil.example": 400,
    }
