"""Agencies and organizers are told which answers tell the same, and make them fit in one press."""

import ast
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import visitors
from surveys import authoring, default_levels, importing, reading, sharing
from surveys.importing import Draft
from surveys.models import Answer, AnswerRevision, Question, Response, Survey
from surveys.sharing import Wish
from tests.browsers import Client
from tests.factories import make_answer, make_member, make_question, make_response, make_survey
from tests.surveys import practice
from tests.surveys.scenes import make_coordinator, signed_in, unguard
from tests.surveys.test_building_views import form_of
from tests.test_architecture import HEIGHT

YES = {"all": [{"question": "p", "operator": "equals", "value": "yes"}]}
AFTER_C = {"all": [{"question": "c", "operator": "answered"}]}


def ask(survey: Survey, **levels: str) -> None:
    """Ask p, c only if p is yes, and d only after c."""
    for key, show_if in (("p", None), ("c", YES), ("d", AFTER_C)):
        make_question(
            survey,
            key=key,
            label=f"{key.upper()}?",
            show_if=show_if,
            default_sharing=levels[key],
            type="yes_no_in_progress",
            choices=("yes", "no"),
        )


@pytest.fixture
def response(now: datetime) -> Response:
    """An agency that has submitted all three for its fellows to read."""
    survey = make_survey()
    ask(survey, p="members", c="members", d="members")
    response = make_response(state="submitted", submitted_at=now)
    response.wave.survey = survey
    response.wave.save()
    for question in survey.questions.all():
        make_answer(response, question, "yes")
    return response


@pytest.fixture
def client(response: Response) -> Client:
    return signed_in(make_coordinator(response))


def share(client: Client, response: Response, **levels: str) -> BeautifulSoup:
    """Choose these levels on the review page; returns the page that answers."""
    given = dict(response.answers.values_list("question__key", "sharing"))
    form = {f"was.{key}": given[key] for key in levels}
    form |= {f"sharing.{key}": level for key, level in levels.items()}
    path = f"/surveys/{response.wave.slug}/share/?agency={response.agency.slug}"
    return BeautifulSoup(client.post(path, form, follow=True).content, "html.parser")


def press(client: Client, page: BeautifulSoup, button: str) -> BeautifulSoup:
    """Press the button of this name, with all that its form holds."""
    found = next(b for b in page.select("#same button") if button in b.text)
    form = found.find_parent("form")
    assert isinstance(form, Tag)
    fields = {str(f["name"]): str(f["value"]) for f in form.select("input[name]")}
    answered = client.post(str(form["action"]), fields, follow=True)
    return BeautifulSoup(answered.content, "html.parser")


def levels(response: Response, name: str = "sharing") -> dict[str, str]:
    return dict(response.answers.values_list("question__key", name))


def test_who_narrows_an_answer_narrows_its_follow_ups_in_one_press(
    client: Client, response: Response
) -> None:
    page = share(client, response, p="counted")
    before = levels(response), levels(response, "readable_as")
    box = page.select_one("#same")
    again = press(client, page, "Narrow all")

    assert before == (
        {"p": "counted", "c": "members", "d": "members"},
        dict.fromkeys("pcd", "counted"),
    )
    assert box is not None
    assert [label.text.split()[-1] for label in box.select("label")] == ["C?", "D?"]
    assert levels(response) == dict.fromkeys("pcd", "counted")
    assert again.select_one("#same") is None
    assert "Saved: 2 levels are changed." in again.text


def test_who_narrows_a_follow_up_can_narrow_what_it_tells(
    client: Client, response: Response
) -> None:
    page = share(client, response, d="organisers")

    press(client, page, "Narrow all")

    assert levels(response) == dict.fromkeys("pcd", "organisers")


def test_what_a_colleague_changed_meanwhile_stays(client: Client, response: Response) -> None:
    page = share(client, response, p="counted")
    share(client, response, d="organisers")

    told = press(client, page, "Narrow all")

    assert levels(response) == {"p": "counted", "c": "counted", "d": "organisers"}
    assert "Look again: D?" in told.text
    assert response.revisions.filter(question__key="d").count() == 2


def test_a_follow_up_wider_than_what_it_tells_has_no_effect_before_that_is_widened(
    client: Client, response: Response
) -> None:
    page = share(client, response, c="public")
    before = levels(response, "readable_as")

    press(client, page, "Widen to “Public”")

    assert "“C?” is still read as “Named to fellow agencies”: it tells “P?”." in page.text
    assert before == dict.fromkeys("pcd", "members")
    assert levels(response, "readable_as") == {"p": "public", "c": "public", "d": "members"}


def test_staff_read_what_tells_the_same_and_cannot_change_it(response: Response) -> None:
    Answer.objects.filter(question__key="p").update(sharing="counted")
    path = f"/surveys/{response.wave.slug}/review/"

    page = signed_in(make_member(response.agency)).get(path)

    found = BeautifulSoup(page.content, "html.parser").select_one("#same")
    assert found is not None
    assert "Chosen: Named to fellow agencies. Read as: Counted in totals only." in found.text
    assert not found.select("button, input[type=checkbox]")


def test_form_says_beside_a_follow_up_what_bounds_it(response: Response) -> None:
    Response.objects.update(state="draft", submitted_at=None)
    page = signed_in(make_coordinator(response)).get(response.wave.get_absolute_url())

    boxes = BeautifulSoup(page.content, "html.parser").select("[data-question]")

    told = {box["data-question"]: "never read more widely" in box.text for box in boxes}
    assert told == {"p": False, "c": True, "d": True}


def test_what_was_submitted_keeps_the_levels_at_which_it_was_read(response: Response) -> None:
    Answer.objects.filter(question__key="p").update(sharing="counted")
    AnswerRevision.objects.filter(question__key="p").update(sharing="counted")

    path = f"/surveys/{response.wave.slug}/submissions/1/"
    page = signed_in(make_member(response.agency)).get(path)

    rows = BeautifulSoup(page.content, "html.parser").select("tbody tr")
    assert [row.select("td")[-1].text.strip() for row in rows][-3:] == (
        ["Counted in totals only"] * 3
    )


def test_answers_of_before_are_narrowed_and_keep_what_was_chosen(
    response: Response, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Answer.objects.filter(question__key="p").update(sharing="counted")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('surveys_readable_as'::regproc)")
        guard = cursor.fetchone()[0]
        unguard()
        cursor.execute("UPDATE surveys_answer SET readable_as = sharing")
        cursor.execute("DELETE FROM surveys_question_rests_on")
        cursor.execute(guard)
    before = list(Answer.objects.order_by("pk").values("sharing", "value", "revision"))
    kept = AnswerRevision.objects.count()

    loader = MigrationLoader(None)
    narrow: Any = loader.disk_migrations["surveys", "0021_narrow_follow_ups"]
    with connection.schema_editor() as editor, django_capture_on_commit_callbacks(execute=True):
        narrow.operations[0].database_forwards("surveys", editor, None, None)
        for step in narrow.operations[1:]:
            step.code(apps, editor)

    assert levels(response, "readable_as") == dict.fromkeys("pcd", "counted")
    assert list(Answer.objects.order_by("pk").values("sharing", "value", "revision")) == before
    assert AnswerRevision.objects.count() == kept
    assert visitors.issue() is not None


def test_an_answer_is_never_stored_as_read_more_widely(response: Response) -> None:
    Answer.objects.filter(question__key="c").update(sharing="counted")

    Answer.objects.update(readable_as="public")

    assert levels(response, "readable_as") == {"p": "members", "c": "counted", "d": "counted"}


# Where the level that an agency chose is read. Everywhere else, who may read is `readable_as`.
CHOSEN = {
    "surveys.asking",  # what the form shows as chosen
    "surveys.capping",  # narrows what was chosen
    "surveys.demo",
    "surveys.drafting",  # saves it
    "surveys.entries",
    "surveys.attaching",
    "surveys.filling",
    "surveys.previewing",
    "surveys.reading",  # works out as what an answer is read
    "surveys.attacks",  # `Unit.sharing` is filled from `readable_as` (surveys/counting.py)
    "surveys.disclosure",  # the same
    "surveys.matched",  # the same
    "surveys.families",  # `Entry.sharing` is, likewise
    "surveys.sharing",  # changes it
    "surveys.submissions",  # what was chosen then
    "surveys.totals",  # what was withdrawn
    "surveys.models.response",  # the columns
}


def test_nothing_else_reads_the_level_that_was_chosen() -> None:
    root = Path(settings.BASE_DIR)
    found = set()
    for path in (path for app in HEIGHT for path in root.glob(f"{app}/**/*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [getattr(node, name, None) for name in ("attr", "arg", "value")]
            if any(isinstance(n, str) and n.split("__")[-1] == "sharing" for n in names):
                found.add(".".join(path.relative_to(root).with_suffix("").parts))
    templates = {
        path.name
        for path in root.glob("templates/**/*.html")
        if re.search(r"[a-z]\.sharing\b|get_sharing_display", path.read_text())
    }

    assert (found, templates) == (CHOSEN, {"review.html", "_tell_the_same.html"})


def test_builder_warns_of_levels_that_begin_wider_and_aligns_them(
    organiser_client: Client,
) -> None:
    survey = make_survey()
    ask(survey, p="counted", c="public", d="members")
    path = f"/manage/surveys/instruments/{survey.key}/{survey.version}/"

    warned = BeautifulSoup(organiser_client.get(path).content, "html.parser")
    done = organiser_client.post(f"{path}levels/", follow=True)

    box = next(b for b in warned.select(".alert") if "wider level than what they tell" in b.text)
    assert [a.text for a in box.select("li a")] == ["C?", "D?"]
    assert dict(survey.questions.values_list("key", "default_sharing")) == dict.fromkeys(
        "pcd", "counted"
    )
    assert "2 questions begin narrower now." in done.content.decode()
    assert default_levels.wider(survey.questions.all()) == []


def test_builder_warns_when_a_level_or_condition_is_saved(organiser_client: Client) -> None:
    survey = make_survey()
    ask(survey, p="counted", c="counted", d="counted")
    path = f"/manage/surveys/instruments/{survey.key}/{survey.version}/questions/c/"
    fields = form_of(organiser_client.get(path)) | {"default_sharing": "public"}

    saved = organiser_client.post(path, fields, follow=True).content.decode()

    assert Question.objects.get(survey=survey, key="c").default_sharing == "public"
    assert "“C?”: It begins at “Public”, but it is asked only after “P?”" in saved


def test_frozen_questionnaires_are_not_aligned(organiser_client: Client, now: datetime) -> None:
    survey = make_survey(frozen_at=now)
    ask(survey, p="counted", c="public", d="members")
    path = f"/manage/surveys/instruments/{survey.key}/{survey.version}/"

    page = organiser_client.get(path).content.decode()
    organiser_client.post(f"{path}levels/")

    assert "wider level than what they tell" in page
    assert f"{path}levels/" not in page
    assert default_levels.wider(survey.questions.all()) != []


def test_import_remarks_on_levels_that_begin_wider() -> None:
    document = practice.instrument()
    asked = {q["id"]: q for s in document["sections"] for q in s["questions"]}
    asked["triage_method"]["sensitivity"] = "aggregate_only"

    draft = importing.mend(Draft(document, places={"triage_criteria": "survey, row 9"}))

    told = [(one.place, "Counted in totals only" in one.text) for one in draft.remarks]
    assert told == [("survey, row 9", True)]


def test_practice_survey_begins_no_level_wider_than_what_it_tells() -> None:
    survey = authoring.load(document=practice.instrument())

    assert default_levels.wider(reading.asked(survey)) == []


def test_pressing_in_vain_changes_nothing(response: Response, now: datetime) -> None:
    wishes = {"p": Wish("members", "counted"), "c": Wish("members", "counted")}
    by = make_coordinator(response)

    sharing.change(response=response, wishes=wishes, by=by, now=now)
    sharing.change(response=response, wishes=wishes, by=by, now=now)

    assert response.revisions.count() == 5
