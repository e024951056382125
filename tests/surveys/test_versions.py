"""A later version keeps each question's identity and says what can be compared."""

from datetime import datetime

import pytest

from surveys import authoring, building, matching, reaching, versions, writing
from surveys.authoring import VersionTaken
from surveys.models import Survey
from tests.browsers import Client
from tests.surveys import practice


@pytest.fixture
def before(now: datetime) -> Survey:
    """The practice survey, fielded."""
    survey = authoring.load(document=practice.instrument())
    authoring.freeze(survey=survey, now=now)
    return survey


def test_writing_gives_back_what_was_loaded() -> None:
    survey = authoring.load(document=practice.instrument())

    first = writing.document(survey)
    second = authoring.load(document=first | {"version": "copy"})

    assert writing.document(second) == first | {"version": "copy"}
    given = practice.instrument()
    for mine, theirs in zip(first["sections"], given["sections"], strict=True):
        for ours, original in zip(mine["questions"], theirs["questions"], strict=True):
            said = {n: v for n, v in original.items() if v is not False}
            if said["type"] == "yes_no_in_progress":
                said["list"] = "yes_no_in_progress"
            assert ours == said


def test_a_new_version_is_a_copy_that_can_be_compared(before: Survey) -> None:
    draft = versions.begin(survey=before, version="2027.1")

    assert (draft.previous, draft.frozen_at, draft.key) == (before, None, before.key)
    assert versions.changes(draft) == []
    assert reaching.problems(draft) == []
    assert set(draft.questions.values_list("is_comparable", flat=True)) == {True}


def test_a_version_has_a_name_of_its_own(before: Survey) -> None:
    with pytest.raises(VersionTaken):
        versions.begin(survey=before, version=before.version)


@pytest.mark.parametrize("said", [True, False])
def test_a_changed_wording_needs_a_word_on_comparing(before: Survey, said: bool) -> None:
    draft = versions.begin(survey=before, version="2027.1")
    question = draft.questions.get(key="manual")
    given = writing.question(question) | {"label": "Do you have a manual?"}

    with pytest.raises(versions.Unsaid):
        building.change_question(question=question, given=given, seen=1)
    building.change_question(question=question, given=given, seen=1, is_comparable=said)

    [change] = versions.changes(draft)
    assert (change.key, change.parts) == ("manual", ["the question"])
    assert matching.comparable({"manual"}, draft, before) == ({"manual"} if said else set())
    assert draft.questions.get(key="manual").is_comparable is said


def test_words_put_back_are_comparable_again(before: Survey) -> None:
    draft = versions.begin(survey=before, version="2027.1")
    question = draft.questions.get(key="manual")
    given = writing.question(question)

    changed = given | {"label": "Other?"}
    building.change_question(question=question, given=changed, seen=1, is_comparable=False)
    building.change_question(question=question, given=given, seen=2)

    assert versions.changes(draft) == []


def test_new_and_removed_questions_have_nothing_to_compare(before: Survey) -> None:
    draft = versions.begin(survey=before, version="2027.1")
    removed = draft.questions.get(key="practice_to_share")
    building.remove_question(question=removed)
    given = {"type": "short_text", "label": "Practice to share", "sensitivity": "public"}
    added = building.add_question(section=draft.sections.get(key="capacity"), given=given)

    changes = versions.changes(draft)

    assert added.key == "practice_to_share_2"  # another question, whatever it is called
    assert [(c.key, c.now is None, c.before is None) for c in changes] == [
        ("practice_to_share_2", False, True),
        ("practice_to_share", True, False),
    ]
    assert reaching.problems(draft) == []


def test_a_changed_definition_asks_again(before: Survey) -> None:
    draft = versions.begin(survey=before, version="2027.1")
    words = {name: getattr(draft, name) for name in building.WORDS}
    words["definitions"] = [d | {"definition": "Else."} for d in words["definitions"][:1]] + words[
        "definitions"
    ][1:]

    building.reword(survey=draft, words=words, seen=1)

    [problem] = reaching.problems(draft)
    assert problem.question is not None
    assert (problem.question.key, problem.text) == (
        "investigator_fte",
        "Its wording has changed: say whether answers can still be compared.",
    )


def test_pages_make_a_version_and_show_what_changed(
    organiser_client: Client, before: Survey
) -> None:
    base = f"/manage/surveys/instruments/{before.key}"

    taken = organiser_client.post(f"{base}/{before.version}/anew/", {"version": before.version})
    bad = organiser_client.post(f"{base}/{before.version}/anew/", {"version": "a/b"})
    made = organiser_client.post(f"{base}/{before.version}/anew/", {"version": "2027.1"})
    shown = organiser_client.get(f"{base}/2027.1/changes/")
    first = organiser_client.get(f"{base}/{before.version}/changes/")

    assert b"There is a version of this name." in taken.content
    assert b"Use up to 20 letters" in bad.content
    assert made["Location"] == f"{base}/2027.1/"
    assert b"all questions have the same words" in shown.content
    assert first.status_code == 404
