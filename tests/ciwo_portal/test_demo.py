"""Demonstration data comes and goes and leaves nothing behind."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import User
from agencies.models import Agency, Community
from ciwo_portal.demo_logins import LOGINS
from ciwo_portal.management.commands.load_demo import DATA
from library.models import Topic
from notifications.models import Notification
from tests.factories import (
    NOW,
    make_community,
    make_member,
    make_registration,
    make_resource,
    make_session,
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
        "removed: 4 webinars, 1 series, 1 community sessions, 1 resources, 1 communities, "
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
