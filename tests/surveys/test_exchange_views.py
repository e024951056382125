"""Organisers take surveys out and bring them in; what is refused leaves nothing behind."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from surveys import authoring, reaching, writing
from surveys.models import Survey
from tests.browsers import Client
from tests.factories import make_question
from tests.surveys import practice
from tests.surveys.test_xlsform import HOSTILE, book

BASE = "/manage/surveys/instruments"


def send(client: Client, content: bytes, name: str = "form.xlsx") -> Any:
    """Send a file to be read."""
    return client.post(f"{BASE}/import/", {"file": SimpleUploadedFile(name, content)})


def carried(page: Any) -> str:
    """Return what the page carries until it is stored."""
    field = BeautifulSoup(page.content, "html.parser").select_one("input[name=carried]")
    assert field is not None
    return str(field["value"])


def store(client: Client, page: Any, version: str) -> Any:
    """Press the button that stores what was shown, as what the file itself says that it is."""
    chosen = BeautifulSoup(page.content, "html.parser").select("input[name=follows][checked]")
    form = {"version": version, "carried": carried(page), "follows": chosen[0]["value"]}
    return client.post(f"{BASE}/import/store/", form)


def test_a_survey_goes_out_and_comes_in_as_its_next_version(organiser_client: Client) -> None:
    survey = authoring.load(document=practice.instrument())

    out = organiser_client.get(f"{BASE}/{survey.key}/{survey.version}/xlsform/")
    shown = send(organiser_client, out.content)
    assert Survey.objects.count() == 1  # nothing is stored before somebody has looked
    stored = store(organiser_client, shown, "2027.1")

    later = Survey.objects.get(version="2027.1")
    assert out["Content-Disposition"].endswith('practices-2026.1.xlsx"')
    assert stored["Location"] == later.get_absolute_url()
    assert writing.document(later) == writing.document(survey) | {"version": "2027.1"}
    assert (later.previous, reaching.problems(later)) == (survey, [])


def test_what_other_tools_would_not_take_does_not_go_out(organiser_client: Client) -> None:
    survey = make_question(type="single_choice").survey  # with no choices

    answer = organiser_client.get(f"{BASE}/{survey.key}/{survey.version}/xlsform/", follow=True)

    assert b"It cannot go out as XLSForm yet" in answer.content


def test_a_version_that_is_there_asks_for_another_and_keeps_the_rest(
    organiser_client: Client,
) -> None:
    survey = authoring.load(document=practice.instrument())
    out = organiser_client.get(f"{BASE}/{survey.key}/{survey.version}/xlsform/")
    shown, again = (send(organiser_client, out.content) for _ in range(2))

    stored = [store(organiser_client, page, "1") for page in (shown, again)]

    assert [answer.status_code for answer in stored] == [302, 200]
    assert b"There is a version of this name." in stored[1].content
    assert carried(stored[1]) == carried(again)


@pytest.mark.parametrize("follows", ["-new-", "agency-enforcement-practices"])
def test_storing_twice_makes_one_questionnaire(organiser_client: Client, follows: str) -> None:
    survey = authoring.load(document=practice.instrument())
    out = organiser_client.get(f"{BASE}/{survey.key}/{survey.version}/xlsform/")
    form = {"carried": carried(send(organiser_client, out.content)), "follows": follows}

    stored = [
        organiser_client.post(f"{BASE}/import/store/", form | {"version": version})["Location"]
        for version in ("2", "2", "3")  # pressed twice, and gone back
    ]

    later = Survey.objects.exclude(pk=survey.pk).get()
    assert stored == [later.get_absolute_url()] * 3


def test_what_is_not_known_is_listed_by_row(organiser_client: Client) -> None:
    rows = [["type", "name", "label"], ["geopoint", "a", "Where?"], ["text", "b", "<b>Why?</b>"]]

    shown = send(organiser_client, book(rows))

    page = BeautifulSoup(shown.content, "html.parser")
    assert [cell.text for cell in page.select("tbody th, tbody td")] == [
        "survey, row 2",
        "Questions of the type “geopoint” are not known here.",
    ]
    assert [item.text.split(" ")[0] for item in page.select("details ol li")] == ["Why?"]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_get_one_message_and_leave_nothing(
    organiser_client: Client, kind: str
) -> None:
    answer = send(organiser_client, HOSTILE[kind]())

    page = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert len(page.select(".error-summary li")) == 1
    assert Survey.objects.count() == 0


@pytest.mark.parametrize("text", ["", "x", "eyJhIjoxfQ:1abc:forged"])
def test_what_a_page_did_not_carry_is_not_stored(organiser_client: Client, text: str) -> None:
    form = {"version": "1", "carried": text}

    answer = organiser_client.post(f"{BASE}/import/store/", form, follow=True)

    assert b"Choose the file again." in answer.content
    assert Survey.objects.count() == 0
