"""Give to get: named answers of others are read after one's own; nothing leaks before."""

from datetime import datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from library.models import Topic
from surveys import mutual, practices, releasing, topical
from surveys.models import Answer, AnswerFile, Inquiry, Question, Response, Wave
from tests.browsers import Client
from tests.factories import (
    make_agency,
    make_answer,
    make_inquiry,
    make_member,
    make_question,
    make_response,
    make_survey,
    make_topic,
    make_user,
    make_wave,
)
from tests.surveys.scenes import signed_in

SECRET = "Secret-practice"


@pytest.fixture
def wave() -> Wave:
    """A wave with two sections: basics, and collections, which is held back."""
    survey = make_survey()
    make_question(survey, key="basic", label="Basic?")
    held = make_question(survey, key="held", label="Held?", section="collections")
    wave = make_wave(survey)
    mutual.choose(wave=wave, sections=[held.section])
    return wave


@pytest.fixture
def held(wave: Wave) -> Question:
    """The question that is held back."""
    return wave.survey.questions.get(key="held")


@pytest.fixture
def theirs(wave: Wave, now: datetime) -> Response:
    """An agency that has answered both and shares with members."""
    response = make_response(wave, make_agency(slug="theirs"), state="submitted", submitted_at=now)
    for question in wave.survey.questions.order_by("key"):
        make_answer(response, question, f"{SECRET}-{question.key}")
    return response


@pytest.fixture
def mine(wave: Wave) -> Response:
    """The reader's agency, asked and not done yet."""
    return make_response(wave, make_agency(slug="mine"))


@pytest.fixture
def reader(mine: Response) -> User:
    """Staff of that agency."""
    return make_member(mine.agency)


def read_by(user: User | AnonymousUser) -> set[str]:
    """Return the questions whose answers of the other agency this person reads."""
    seen = Answer.objects.visible_to(user).filter(response__agency__slug="theirs")
    return {*seen.values_list("question__key", flat=True)}


def give(mine: Response, now: datetime, key: str, value: Any = "ours", **fields: Any) -> None:
    """Let the reader's agency submit one answer."""
    applies = fields.pop("applies", True)
    answer = make_answer(mine, mine.wave.survey.questions.get(key=key), value, **fields)
    Answer.objects.filter(pk=answer.pk).update(applies=applies)
    Response.objects.filter(pk=mine.pk).update(state="submitted", submitted_at=now)


def test_who_has_not_given_reads_the_other_parts_only(
    wave: Wave, theirs: Response, mine: Response, reader: User
) -> None:
    people = (reader, make_member(), make_member(theirs.agency), make_user(is_organiser=True))

    found = [read_by(person) for person in people]

    assert found == [{"basic"}, {"basic"}, {"basic", "held"}, {"basic", "held"}]
    mutual.choose(wave=wave, sections=[])
    assert [read_by(person) for person in people] == [{"basic", "held"}] * 4


@pytest.mark.parametrize(
    ("key", "given", "readable"),
    [
        ("held", {"value": "ours"}, {"basic", "held"}),
        ("held", {"value": None, "not_reported": "not_tracked"}, {"basic", "held"}),
        ("held", {"value": 0}, {"basic", "held"}),
        ("held", {"value": 0, "sharing": "organisers"}, {"basic"}),
        ("held", {"value": 0, "sharing": "counted"}, {"basic"}),
        ("held", {"value": 0, "applies": False}, {"basic"}),
        ("held", {"value": None}, {"basic"}),
        ("basic", {"value": "ours"}, {"basic"}),
    ],
)
def test_a_submitted_answer_in_the_part_opens_it(
    theirs: Response,
    mine: Response,
    reader: User,
    now: datetime,
    key: str,
    given: dict[str, Any],
    readable: set[str],
) -> None:
    give(mine, now, key, **given)

    assert read_by(reader) == readable


def test_a_reason_opens_the_part_beside_answers_elsewhere(
    mine: Response, reader: User, theirs: Response, now: datetime
) -> None:
    give(mine, now, "basic")
    assert read_by(reader) == {"basic"}

    give(mine, now, "held", None, not_reported="not_tracked")

    assert read_by(reader) == {"basic", "held"}


def test_a_draft_opens_nothing_and_reopening_closes_again(
    theirs: Response, mine: Response, reader: User, now: datetime
) -> None:
    make_answer(mine, mine.wave.survey.questions.get(key="held"), "ours")
    found = [read_by(reader)]
    for state, at in (("submitted", now), ("draft", None)):
        Response.objects.filter(pk=mine.pk).update(state=state, submitted_at=at)
        found.append(read_by(reader))

    assert found == [{"basic"}, {"basic", "held"}, {"basic"}]


def test_an_answer_in_another_wave_opens_nothing(
    theirs: Response, reader: User, mine: Response, now: datetime
) -> None:
    other = make_wave(mine.wave.survey)
    give(make_response(other, mine.agency), now, "held")

    assert read_by(reader) == {"basic"}


def test_own_and_public_answers_are_never_held_back(
    theirs: Response, mine: Response, reader: User
) -> None:
    make_answer(mine, mine.wave.survey.questions.get(key="held"), "ours")
    Answer.objects.filter(response=theirs).update(sharing="public")

    own = Answer.objects.visible_to(reader).filter(response=mine)
    assert [read_by(reader), read_by(AnonymousUser())] == [{"basic", "held"}] * 2
    assert own.count() == 1


def pages(wave: Wave) -> list[str]:
    """Return every address that could tell a held answer."""
    base = f"/surveys/{wave.slug}/findings"
    return [
        *(f"{base}/?section=collections", f"{base}/theirs/", f"{base}/theirs/held/"),
        *(f"{base}.csv", f"{base}.json", "/topics/topic/", "/agencies/theirs/"),
        f"{base}/?section=collections&says=held:{SECRET}-held",
    ]


def test_no_page_and_no_file_tells_what_is_held_back(
    wave: Wave, held: Question, theirs: Response, mine: Response, reader: User, now: datetime
) -> None:
    held.section.topics.add(make_topic(slug="topic"))
    make_inquiry(
        Answer.objects.get(response=theirs, question=held),
        state="answered",
        reply=f"{SECRET}-held, in a note",
    )
    client = signed_in(reader)

    before = {path: f"{SECRET}-held" in _body(client, path) for path in pages(wave)}
    give(mine, now, "held")
    after = {path: f"{SECRET}-held" in _body(client, path) for path in pages(wave)[:5]}

    filtered = pages(wave)[-1]
    assert before == dict.fromkeys(pages(wave), False) | {filtered: before[filtered]}
    assert after == dict.fromkeys(pages(wave)[:5], True)


def _body(client: Client, path: str) -> str:
    response = client.get(path)
    assert (path, response.status_code) == (path, 200)
    return response.content.decode()


def test_files_notes_names_and_counts_follow(
    wave: Wave, held: Question, theirs: Response, mine: Response, reader: User, now: datetime
) -> None:
    file = make_question(wave.survey, section="collections", type="file")
    how = {"response": theirs, "question": file, "name": "a.pdf", "size": 1, "added_at": now}
    kept = AnswerFile.objects.create(**how)
    make_answer(theirs, file, [{"file": str(kept.uid), "name": "a.pdf", "bytes": 1}])
    make_inquiry(Answer.objects.get(response=theirs, question=held), state="answered")
    Answer.objects.filter(question__key="basic").delete()

    def known() -> list[int]:
        named = Response.objects.named_to(reader).filter(pk=theirs.pk)
        notes = Inquiry.objects.notes_for(reader)
        files = AnswerFile.objects.visible_to(reader)
        return [named.count(), notes.count(), files.count()]

    before = known()
    give(mine, now, "held")

    assert (before, known()) == ([0, 0, 0], [1, 1, 1])


def told(topic: Topic, theirs: Response, reader: User) -> list[Any]:
    """Return what topic page and profile tell: whether something is owed, shares, and how much."""
    found, profile = topical.of(topic, reader), practices.profile(theirs.agency, reader)
    assert found is not None
    assert profile is not None
    assert found.owes == profile.owes
    shares = [(one.share, one.named is not None) for one in found.practices[0].said]
    return [[found.owes, *shares], sum(len(rows) for _section, rows in profile.parts)]


def test_topic_and_profile_follow_but_published_totals_stay(
    wave: Wave, theirs: Response, mine: Response, reader: User, now: datetime
) -> None:
    does = make_question(
        wave.survey, section="collections", type="single_choice", choices=("yes", "no")
    )
    does.section.topics.add(topic := make_topic())
    make_answer(theirs, does, "yes")
    for number in range(9):
        other = make_response(wave, state="submitted", submitted_at=now)
        make_answer(other, does, "no" if number % 2 else "yes", sharing="counted")
    releasing.publish(wave=wave, by=None, now=now)

    before = told(topic, theirs, reader)
    give(mine, now, "held")

    assert before == [[True, (60, False), (40, False)], 1]
    assert told(topic, theirs, reader) == [[False, (60, True), (40, False)], 3]


def test_the_table_says_what_to_do_and_not_what_is_there(
    wave: Wave, held: Question, theirs: Response, mine: Response, reader: User, now: datetime
) -> None:
    silent = make_response(wave, make_agency(), state="submitted", submitted_at=now)
    make_answer(silent, wave.survey.questions.get(key="basic"), "named")

    body = _body(signed_in(reader), f"/surveys/{wave.slug}/findings/?section=collections")

    page = BeautifulSoup(body, "html.parser")
    cells = [td.get_text(strip=True) for td in page.select("table.matrix tbody td")]
    assert cells == ["After yours", "After yours"]
    assert page.select(".alert a[href*='/respond/']") != [] or "takes no answers" in body


def test_a_member_who_reads_nobody_yet_still_learns_how_to(
    wave: Wave, theirs: Response, mine: Response, reader: User
) -> None:
    Answer.objects.filter(question__key="basic").delete()

    body = _body(signed_in(reader), f"/surveys/{wave.slug}/findings/?section=collections")

    assert "Give to get: this part opens after yours" in body
    assert signed_in(make_member()).get(f"/surveys/{wave.slug}/findings/").status_code == 404


def test_organisers_choose_the_parts(wave: Wave, held: Question) -> None:
    client = signed_in(make_user(is_organiser=True))
    address = f"/manage/surveys/{wave.slug}/mutual/"
    basics = wave.survey.sections.get(key="basics")
    foreign = make_question().section

    refused = client.post(address, {"sections": [basics.pk, foreign.pk]}).status_code
    kept = [*wave.mutual_sections.values_list("section", flat=True)]
    client.post(address, {"sections": [basics.pk]})

    assert (refused, kept) == (200, [held.section_id])
    assert [*wave.mutual_sections.values_list("section", flat=True)] == [basics.pk]
