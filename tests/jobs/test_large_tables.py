"""Tables that are too large to be made while one waits: the same ones, by the worker."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from jobs import kinds, running
from jobs.models import Job
from library.sheets import CSV
from records import tables as records_tables
from records.models import Attendance
from surveys import tables
from surveys.models import (
    Answer,
    MutualSection,
    Question,
    Response,
    Section,
    SharingLevel,
    Survey,
    Wave,
)
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
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
GROW = ("findings.csv", "findings.json")  # with the agencies; the others come at once


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

    assert ["Make it" in page for page in pages] == [name in GROW for name in FILES]
    assert [made(client, f"/surveys/w/{name}") for name in FILES] == at_once


RIGHTS: dict[str, Callable[[User], object]] = {
    "nothing": lambda _person: None,
    "somebody else answered": lambda _person: make_shared(Wave.objects.get()),
    "an agency narrowed its answer": lambda _person: first().answers.update(sharing="counted"),
    "an agency answers again": lambda _person: Response.objects.filter(pk=first().pk).update(
        state="draft", submitted_at=None
    ),
    "the reader left the agency": lambda person: person.memberships.update(
        status="ended", ended_at=NOW
    ),
    "all must give first": lambda _person: MutualSection.objects.create(
        wave=Wave.objects.get(), section=Section.objects.get()
    ),
}


def first() -> Response:
    """Return the response that was made first."""
    return Response.objects.order_by("pk")[0]


def make_shared(wave: Wave) -> Answer:
    """Let one more agency say something that members read, and something for everybody."""
    response = make_response(wave, state="submitted", submitted_at=NOW)
    make_answer(response, Question.objects.get(key="open"), "a", sharing="public")
    return make_answer(response, Question.objects.get(key="said"), "b")


@pytest.mark.parametrize(("change", "is_given"), [(one, one in [*RIGHTS][:2]) for one in RIGHTS])
@pytest.mark.parametrize("is_sealed", [True, False])
def test_made_file_is_given_out_while_all_of_it_may_be_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, change: str, is_given: bool, is_sealed: bool
) -> None:
    wave = make_wave(slug="w")
    for key in ("open", "said"):
        make_question(wave.survey, key=key)
    for _number in range(2):
        make_shared(wave)
    reader = make_member()
    client.force_login(reader)
    monkeypatch.setattr(tables, "FEW", 0)
    if not is_sealed:  # a control: the wave is still there for this reader
        kind = kinds.get(tables.KIND)
        monkeypatch.setitem(kinds._kinds, tables.KIND, replace(kind, seal=kinds.unsealed))  # noqa: SLF001
    made(client, "/surveys/w/findings.csv")

    RIGHTS[change](reader)
    page = Job.objects.get().get_absolute_url()
    answers = [client.get(page), client.get(f"{page}file/")]
    answers[1].close()

    assert answers[1].status_code == (200 if is_given or not is_sealed else 404)
    assert ("not given out" in answers[0].content.decode()) == (answers[1].status_code == 404)


@pytest.mark.parametrize("uses_factor", [True, False])
def test_organizer_s_file_opens_with_the_organizer_s_rights_alone(
    organiser: User, client: Client, monkeypatch: pytest.MonkeyPatch, uses_factor: bool
) -> None:
    make_wave(slug="w")
    make_question(Survey.objects.get(), key="open")
    make_question(Survey.objects.get(), key="said")
    Answer.objects.filter(pk=make_shared(Wave.objects.get()).pk).update(sharing="organisers")
    client.force_login(organiser)
    monkeypatch.setattr(tables, "FEW", 0)
    assert made(client, "/surveys/w/findings.csv")
    path = f"{Job.objects.get().get_absolute_url()}file/"

    if uses_factor:  # with the role gone
        User.objects.filter(pk=organiser.pk).update(is_organiser=False)
    later = Client()
    later.force_login(User.objects.get(pk=organiser.pk), uses_factor=uses_factor)

    assert later.get(path).status_code == 404


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
    assert client.get("/surveys/w/findings-totals.csv")["Content-Type"] == CSV  # does not grow


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


def test_large_record_of_attendance_is_made_by_the_worker(
    organiser_client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    hour, agency = timedelta(hours=1), make_agency(slug="alder")
    webinar = make_webinar(starts_at=now - hour, ends_at=now - hour / 2)
    for name in ("Ann", "Bob"):
        person = make_user(name=name)
        came = {"agency": agency, "attended": True, "seconds": 600}
        Attendance.objects.create(webinar=webinar, person=person, **came)
    paths = [f"/manage/webinars/{webinar.slug}/attendance.csv", "/my/agency/alder/learning.csv"]
    at_once = [organiser_client.get(path).content for path in paths]

    monkeypatch.setattr(records_tables, "FEW", 1)
    pages = [organiser_client.get(path).content.decode() for path in paths]

    assert [(b"Ann" in one, b"Bob" in one) for one in at_once] == [(True, True)] * 2
    assert ["Make it" in page for page in pages] == [True, True]
    assert [made(organiser_client, path) for path in paths] == at_once
