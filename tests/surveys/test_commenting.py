"""Comments among colleagues: who reads them, and what waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from surveys import commenting, reading, teamwork
from surveys.models import Comment, Question, Response
from tests.factories import make_member, make_question, make_user
from tests.surveys.scenes import Page, make_page


def say(response: Response, question: Question, text: str, now: datetime) -> None:
    """Say something as a colleague."""
    commenting.say(
        response=response,
        question=question,
        text=text,
        operation=uuid4(),
        by=make_member(response.agency, name="Dana"),
        now=now,
    )


def comment(page: Page, question: Question, text: str, **fields: object):
    """Send the section's form with a comment."""
    return page.send(question, **{f"comment__{question.key}": text, "stay": question.key}, **fields)


def test_a_comment_is_said_with_the_section_and_read_there(
    response: Response, question: Question
) -> None:
    page = make_page(response, make_member(response.agency, name="Dana"))

    answer = comment(page, question, "  Which year? ", value__budget="5")

    assert answer["Location"].endswith("#q-budget")
    assert [c.text for c in Comment.objects.all()] == ["Which year?"]
    shown = page.client.get(page.path).content.decode()
    assert ["Which year?" in shown, "1 comment " in shown, "1 waits" in shown] == [True] * 3
    assert response.answers.get().value == 5


def test_a_form_sent_twice_says_it_once(response: Response, question: Question) -> None:
    page, operation = make_page(response), uuid4()

    for _ in range(2):
        comment(page, question, "Which year?", operation__budget=operation)

    assert Comment.objects.count() == 1


def test_a_comment_that_is_too_long_stays_in_its_field(
    response: Response, question: Question
) -> None:
    text = "x" * 2001

    shown = comment(make_page(response), question, text).content.decode()

    assert ["A comment has at most 2000 characters" in shown, text in shown] == [True, True]
    assert Comment.objects.count() == 0


def test_resolving_keeps_what_was_said_and_a_new_comment_waits_again(
    response: Response, question: Question, real_now: datetime
) -> None:
    say(response, question, "Which year?", real_now)
    page = make_page(response, make_member(response.agency, name="Kim"))

    page.send(question, resolve=question.key)
    before = teamwork.desks(reading.read(response))[0].waiting
    say(response, question, "And which month?", real_now)
    after = teamwork.desks(reading.read(response))[0].waiting

    assert (before, after) == (0, 1)
    assert "Resolved by Kim" in page.client.get(page.path).content.decode()


def test_the_newest_word_stands_for_its_thread(
    response: Response, question: Question, real_now: datetime
) -> None:
    say(response, question, "Which year?", real_now)
    say(response, question, "2026.", real_now + timedelta(minutes=1))
    later = real_now + timedelta(minutes=2)
    say(response, make_question(response.wave.survey), "Ask Kim.", later)

    talks = teamwork.talks(reading.read(response))

    assert [talk.last.text for talk in talks] == ["Ask Kim.", "2026."]


@pytest.mark.parametrize("who", ["visitor", "organiser", "elsewhere", "colleague"])
def test_only_the_agency_reads_comments(
    response: Response, question: Question, real_now: datetime, who: str
) -> None:
    say(response, question, "Which year?", real_now)
    people: dict[str, Callable[[], User | AnonymousUser]] = {
        "visitor": AnonymousUser,
        "organiser": lambda: make_user(is_organiser=True),
        "elsewhere": make_member,
        "colleague": lambda: make_member(response.agency),
    }

    found = Comment.objects.visible_to(people[who]()).exists()

    assert found == (who == "colleague")


def test_a_question_has_room_for_a_hundred(
    response: Response, question: Question, real_now: datetime
) -> None:
    dana = make_member(response.agency)
    Comment.objects.bulk_create(
        Comment(
            response=response,
            question=question,
            text="x",
            operation=uuid4(),
            said_by=dana,
            said_at=real_now,
        )
        for _ in range(commenting.MOST)
    )

    with pytest.raises(commenting.TooMuch):
        say(response, question, "One more.", real_now)
