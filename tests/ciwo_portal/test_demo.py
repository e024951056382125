"""Demonstration data comes and goes and leaves nothing behind."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from agencies.models import Agency, Community
from ciwo_portal import checks
from ciwo_portal.adapter import AccountAdapter
from ciwo_portal.demo_logins import LOGINS
from ciwo_portal.management.commands.load_demo import DATA
from library.models import Topic
from notifications.models import Notification
from sessions.models import PracticeSession
from surveys.models import Wave
from tests.browsers import Client
from tests.factories import (
    NOW,
    PASSWORD,
    make_community,
    make_member,
    make_registration,
    make_resource,
    make_session,
    make_user,
    make_webinar,
)
from webinars.models import Webinar

OURS = (
    "accounts",
    "agencies",
    "library",
    "notifications",
    "webinars",
    "practice_sessions",
    "surveys",
    "records",
    "account",
)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def say(command: str) -> str:
    said = StringIO()
    call_command(command, stdout=said)
    return said.getvalue()


def everything() -> dict[str, list[Any]]:
    """Return all rows of the portal's tables."""
    models: list[Any] = [
        model for label in OURS for model in apps.get_app_config(label).get_models(True)
    ]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    settings.HAS_DEMO_DATA = settings.ADMITS_DEMO_PEOPLE = True


@pytest.fixture
def _real() -> None:
    """Some of each kind of real thing."""
    call_command("import_agencies", stdout=StringIO())
    call_command("import_programme", stdout=StringIO())
    person = make_member(Agency.objects.order_by("pk")[0])
    make_registration(make_webinar(topics=(Topic.objects.order_by("pk")[0],)), person)
    make_session(make_community(*Agency.objects.order_by("pk")[:2]))
    make_resource()


@pytest.mark.usefixtures("_real")
def test_unload_removes_demo_data_and_nothing_else(
    tmp_path: Any, django_capture_on_commit_callbacks: Any
):
    before = everything()

    say("load_demo")
    with django_capture_on_commit_callbacks(execute=True):
        said = say("unload_demo")

    assert everything() == before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert said == (
        "removed: 7 webinars, 1 series, 4 community sessions, 9 resources, 1 communities, "
        f"17 agencies, {len(LOGINS)} people\n"
    )


@pytest.mark.usefixtures("_real")
def test_unload_takes_what_real_people_did_with_demo_data():
    say("load_demo")
    webinar = Webinar.objects.filter(is_demo=True).order_by("pk")[0]
    make_registration(webinar, User.objects.filter(is_demo=False).order_by("pk")[0])
    demo_person = User.objects.filter(is_demo=True).order_by("pk")[0]
    Notification.objects.create(
        key="demo", kind="webinars/mail/receipt", recipient=demo_person, due_at=NOW
    )

    say("unload_demo")

    assert (webinar.registrations.count(), Notification.objects.count()) == (0, 0)


@pytest.mark.usefixtures("_real")
def test_unload_refuses_while_something_real_hangs_on_it():
    say("load_demo")
    circle = Community.objects.get(is_demo=True)
    make_session(circle, title="A real meeting")
    before = everything()

    with pytest.raises(CommandError) as refused:
        say("unload_demo")

    assert str(refused.value) == (
        "nothing was removed: community session “A real meeting” is real and belongs to a "
        "demonstration entry"
    )
    assert everything() == before


def test_loading_twice_adds_nothing_and_everything_says_that_it_is_demo():
    say("load_demo")
    first = {name: len(rows) for name, rows in everything().items()}

    say("load_demo")

    assert {name: len(rows) for name, rows in everything().items()} == first
    unmarked = [
        str(row)
        for model in (Webinar, Community, Agency, User)
        for row in model.objects.filter(is_demo=True)
        if "demo" not in str(row).lower()
    ]
    assert unmarked == []


def test_bad_demo_document_names_the_field_and_loads_nothing(tmp_path: Path):
    document = json.loads((DATA / "demo_responses.json").read_text())
    del document["responses"][-1]["answers"]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(document))
    before = everything()

    with pytest.raises(CommandError) as refused:
        call_command("load_demo", str(path))

    assert str(refused.value) == f"{path}: the field 'answers' is missing"
    assert everything() == before


def test_loading_is_refused_where_demo_people_may_not_enter(settings: Settings):
    settings.ADMITS_DEMO_PEOPLE = False

    with pytest.raises(CommandError) as refused:
        say("load_demo")

    assert str(refused.value) == (
        "Demonstration people have a published password: they are loaded only with "
        "HAS_DEMO_DATA=true and a SITE_URL of this machine, such as http://localhost:8000."
    )
    assert not User.objects.filter(is_demo=True).exists()


@pytest.mark.parametrize("may_enter", [True, False])
def test_demo_people_come_in_only_where_they_may(settings: Settings, may_enter: bool):
    settings.ACCOUNT_RATE_LIMITS = False
    person = make_user(is_demo=True)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    running, fresh = Client(), Client()
    running.force_login(person)
    settings.ADMITS_DEMO_PEOPLE = may_enter

    fresh.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    Client().post("/accounts/password/reset/", {"email": person.email})
    request = RequestFactory().get("/")
    request.session = running.session
    how = {"email_verification": "mandatory", "signal_kwargs": None, "email": None}
    stopped = AccountAdapter(request).pre_login(  # where every way in passes: passkeys, codes
        request, person, signup=False, redirect_url=None, **how
    )

    inside = [client.get("/my/").status_code == 200 for client in (running, fresh)]
    assert (*inside, stopped is None) == (may_enter,) * 3
    assert Notification.objects.filter(kind="accounts/reset_link").exists() == may_enter


def test_deploying_with_demo_people_fails(settings: Settings):
    make_user(is_demo=True)
    found = {}
    for has_demo, public in ((False, True), (True, True), (True, False)):
        settings.HAS_DEMO_DATA, settings.IS_PUBLIC = has_demo, public
        settings.ADMITS_DEMO_PEOPLE = has_demo and not public
        found[has_demo, public] = [message.id for message in checks.check_demo_people()]

    assert found == {
        (False, True): ["ciwo.E002"],
        (True, True): ["ciwo.E001"],
        (True, False): [],
    }


def count_of(soup: Any, choice: str) -> str:
    """Return what a filter of the library says beside this choice."""
    [option] = [o.text for o in soup.select("[name=topic] option") if o.text.startswith(choice)]
    return str(option)


@pytest.mark.usefixtures("_real")
def test_demo_and_real_are_never_added_up():
    client = Client()
    before = [read(client, path) for path in ("/agencies/", "/topics/", "/library/")]

    say("load_demo")
    directory, topics, library = (
        read(client, path) for path in ("/agencies/", "/topics/", "/library/")
    )

    assert [soup.find("h2", id="found-h").text for soup in (before[0], directory)] == [
        "93 agencies found",
        "93 agencies found and 17 demo agencies",
    ]
    assert tiles(directory) == tiles(before[0])
    assert [without_demo(soup) for soup in (topics, library)] == [
        without_demo(soup) for soup in before[1:]
    ]
    assert count_of(library, "Collections") == "Collections (2; demo 3)"
    marked = [tag.text for tag in library.select(".ledger .tag--line")]
    real = [row for row in library.select(".ledger li") if "Demo entry" not in row.text]
    assert library.select(".ledger li")[: len(real)] == real
    assert len(marked) == int(library.select("h2 .muted")[0].text.split()[1])


@pytest.mark.usefixtures("_real")
def test_what_is_invented_stays_out_of_search_engines():
    say("load_demo")
    rows: list[Any] = []
    for model in (Agency, Community, Webinar, PracticeSession):
        rows += model.objects.filter(is_demo=True)
    invented = [row.get_absolute_url() for row in rows]
    invented += [
        f"/surveys/{slug}/findings/" for slug in Wave.objects.values_list("slug", flat=True)
    ]
    invented += ["/webinars/demo-held/recording/", "/webinars/?series=demo-collections-series"]
    real = [row.get_absolute_url() for row in Webinar.objects.filter(is_demo=False)]
    real += ["/", "/library/", "/topics/collections/"]

    client = Client()
    robots = {path: read(client, path).select("meta[name=robots]") for path in invented + real}

    assert len(read(client, "/").select(".section__head:has(#how-h) .tag")) == 1
    assert [path for path in invented if str(robots[path]) != NOINDEX] == []
    assert [path for path in real if robots[path]] == []


NOINDEX = '[<meta content="noindex" name="robots"/>]'


@pytest.mark.usefixtures("_real")
def test_demo_events_lie_on_their_topics_and_are_worth_a_look():
    say("load_demo")

    liens = [*Webinar.objects.filter(title__icontains="lien", is_demo=True)]
    liens += PracticeSession.objects.filter(title__icontains="lien")
    assert {tuple(one.topics.values_list("slug", flat=True)) for one in liens} == {("collections",)}
    webinars = Webinar.objects.filter(is_demo=True)
    sessions = PracticeSession.objects.filter(is_demo=True)
    bare = [one for one in (*webinars, *sessions) if not (one.summary and one.description)]
    bare += [one for one in webinars if not one.presenters.exists()]
    bare += [one for one in webinars.past(timezone.now()) if not one.resources.exists()]
    bare += [one for one in sessions if not one.agenda.exists()]
    bare += [one for one in sessions.upcoming(timezone.now()) if not one.invitations.exists()]
    assert bare == []
    assert not Wave.objects.filter(title__contains="2017").exists()


def read(client: Any, path: str) -> Any:
    return BeautifulSoup(client.get(path).content, "html.parser")


def tiles(soup: Any) -> list[str]:
    return [tile.text for tile in soup.select(".tile")]


def without_demo(soup: Any) -> list[str]:
    """Return what a page counts, without what it says of demonstration entries."""
    counted = soup.select(".topic-grid .small, #find option, #find label, .section__head h2")
    apart = r"(; demo \d+|(· )?(beside it|and) \d+ demo entr\w+)"
    texts = [re.sub(apart, "", " ".join(one.text.split())).strip() for one in counted]
    return [text for text in texts if not text.endswith("(0)")]
