"""Tables that are too large to be made while one waits: the same ones, by the worker."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from jobs import running
from jobs.models import Job
from surveys import tables
from surveys.models import SharingLevel
from tests.browsers import Client
from tests.factories import (
    make_answer,
    make_member,
    make_question,
    make_registration,
    make_response,
    make_user,
    make_wave,
    make_webinar,
)
from webinars import people_table

FILES = ("findings.csv", "findings-totals.csv", "findings-codebook.csv", "findings.json")


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def made(client: Client, path: str) -> bytes:
    """Return what comes of pressing the button on the page at the path."""
    page = client.post(path, follow=True)
    running.run_waiting()
    return client.get(f"{page.request['PATH_INFO']}file/").getvalue()


def test_large_findings_are_made_by_the_worker(
    client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    wave = make_wave(slug="w")
    question = make_question(wave.survey, key="said")
    make_answer(make_response(wave, state="submitted", submitted_at=now), question, True)
    client.force_login(make_member())
    at_once = [client.get(f"/surveys/w/{name}").content for name in FILES]

    monkeypatch.setattr(tables, "FEW", 0)
    pages = [client.get(f"/surveys/w/{name}").content.decode() for name in FILES]

    assert ["Make it" in page for page in pages] == [True] * len(FILES)
    assert [made(client, f"/surveys/w/{name}") for name in FILES] == at_once


def test_visitor_is_asked_to_sign_in_for_a_large_table(
    client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    wave = make_wave(slug="w")
    response = make_response(wave, state="submitted", submitted_at=now)
    make_answer(response, make_question(wave.survey), sharing=SharingLevel.PUBLIC)
    monkeypatch.setattr(tables, "FEW", 0)

    page = client.get("/surveys/w/findings.csv").content.decode()
    pressed = client.post("/surveys/w/findings.csv")

    assert "/accounts/login/?next=/surveys/w/findings.csv" in page
    assert pressed["Location"] == "/accounts/login/?next=/surveys/w/findings.csv"
    assert Job.objects.count() == 0


def test_large_list_of_registrations_is_made_by_the_worker(
    organiser_client: Client, organiser: User, monkeypatch: pytest.MonkeyPatch
):
    webinar = make_webinar(title="Liens")
    for name in ("Ann", "Bob"):
        make_registration(webinar, make_user(name=name))
    path = f"/manage/webinars/{webinar.slug}/registrations.csv?q=Ann"
    at_once = organiser_client.get(path).content

    monkeypatch.setattr(people_table, "FEW", 0)
    page = organiser_client.get(path).content.decode()
    by_worker = made(organiser_client, path)
    User.objects.filter(pk=organiser.pk).update(is_organiser=False)
    later = organiser_client.get(f"{Job.objects.get().get_absolute_url()}file/")

    assert ("Make it" in page, by_worker) == (True, at_once)
    assert later.status_code in (302, 404)
