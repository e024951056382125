"""Asking another agency about an answer: who hears of it, how often, and who reads what came."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Membership
from notifications import delivering
from notifications.models import Notification
from surveys import inquiring, tasks
from surveys.models import Answer, Inquiry, Response
from tests.factories import (
    make_answer,
    make_inquiry,
    make_member,
    make_question,
    make_response,
    make_user,
    make_wave,
)
from tests.postbox import Postbox
from tests.surveys.scenes import make_coordinator
from tests.threads import at_once


@pytest.fixture
def answer(now: datetime) -> Answer:
    """An answer that member agencies may read."""
    response = make_response(state="submitted", submitted_at=now)
    question = make_question(response.wave.survey, label="Do you take bonds?")
    return make_answer(response, question, "yes, always")


@pytest.fixture
def casey(answer: Answer) -> User:
    """Who speaks for the agency that gave it."""
    return make_coordinator(answer.response, name="Casey")


def ask(answer: Answer, by: User, now: datetime, **fields: Any) -> Inquiry:
    """Ask about the answer."""
    place = by.memberships.get()
    given: dict[str, Any] = {"text": "Since when?", "operation": uuid4()}
    return inquiring.ask(answer=answer, agency=place.agency, by=by, now=now, **given | fields)


def owed() -> list[tuple[str, str]]:
    """Return kind and recipient of what is owed."""
    rows = Notification.objects.open().order_by("pk").values_list("kind", "recipient__email")
    return [(kind.removeprefix("surveys/"), str(email)) for kind, email in rows]


def test_a_question_goes_to_who_speaks_for_the_agency(
    answer: Answer, casey: User, now: datetime
) -> None:
    make_member(answer.response.agency)
    asker = make_member()

    inquiry = ask(answer, asker, now)

    assert (inquiry.state, inquiry.agency) == ("open", asker.memberships.get().agency)
    assert owed() == [("inquiry", casey.email)]


def test_a_question_that_would_reach_nobody_is_refused(answer: Answer, now: datetime) -> None:
    with pytest.raises(inquiring.NobodyToAsk):
        ask(answer, make_member(), now)

    assert Inquiry.objects.count() == 0


def test_a_person_asks_ten_questions_a_day(answer: Answer, casey: User, now: datetime) -> None:
    asker = make_member()
    for _ in range(inquiring.PER_DAY):
        ask(answer, asker, now)

    with pytest.raises(inquiring.TooMany):
        ask(answer, asker, now + inquiring.DAY - timedelta(seconds=1))

    ask(answer, make_member(), now)
    ask(answer, asker, now + inquiring.DAY)
    assert Inquiry.objects.filter(asked_by=asker).count() == inquiring.PER_DAY + 1


@pytest.mark.django_db(transaction=True)
def test_pressing_at_once_asks_once(answer: Answer, casey: User, now: datetime) -> None:
    asker, operation = make_member(), uuid4()

    found = at_once(lambda _: ask(answer, asker, now, operation=operation), range(6))

    assert {one.pk for one in found} == {Inquiry.objects.get().pk}
    assert owed() == [("inquiry", casey.email)]


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_when_pressed_at_once(answer: Answer, casey: User, now: datetime) -> None:
    asker = make_member()
    for _ in range(inquiring.PER_DAY - 1):
        ask(answer, asker, now)

    found = at_once(lambda _: ask(answer, asker, now), range(4))

    refused = [one for one in found if isinstance(one, inquiring.TooMany)]
    assert (len(refused), Inquiry.objects.count()) == (3, inquiring.PER_DAY)


def test_the_answer_goes_to_who_asked(answer: Answer, casey: User, now: datetime) -> None:
    inquiry = ask(answer, make_member(), now)

    for _ in range(2):
        inquiring.reply(inquiry=inquiry, text="Since 2019.", is_note=True, by=casey, now=now)

    assert owed() == [("inquiry-answer", inquiry.asked_by.email)]  # type: ignore[union-attr]
    inquiry.refresh_from_db()
    found = (inquiry.state, inquiry.reply, inquiry.settled_by, inquiry.settled_at, inquiry.is_note)
    assert found == ("answered", "Since 2019.", casey, now, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_one_answers(answer: Answer, casey: User, now: datetime) -> None:
    inquiry, dana = ask(answer, make_member(), now), make_coordinator(answer.response)

    found = at_once(
        lambda who: inquiring.reply(inquiry=inquiry, text=who.name, is_note=False, by=who, now=now),
        [casey, dana],
    )

    [refused] = [one for one in found if isinstance(one, inquiring.Settled)]
    [kept] = [one for one in found if isinstance(one, Inquiry)]
    assert refused.inquiry.reply == kept.reply == kept.settled_by.name  # type: ignore[union-attr]


@pytest.mark.parametrize("end", ["declined", "removed"])
def test_what_is_settled_takes_no_answer(
    answer: Answer, casey: User, now: datetime, end: str
) -> None:
    inquiry = ask(answer, make_member(), now)
    if end == "declined":
        inquiring.decline(inquiry=inquiry, by=casey, now=now)
    else:
        inquiring.remove(inquiry=inquiry, reason="Names a case.", by=make_user(), now=now)

    with pytest.raises(inquiring.Settled):
        inquiring.reply(inquiry=inquiry, text="x", is_note=True, by=casey, now=now)

    assert Inquiry.objects.get().reply == ""


def test_a_waiting_question_is_reminded_of_once(answer: Answer, casey: User, now: datetime) -> None:
    inquiry = make_inquiry(answer, asked_at=now)
    make_inquiry(answer, asked_at=now, state="declined")

    counts = []
    for moment in (-timedelta(seconds=1), timedelta(0), timedelta(days=9)):
        inquiring.queue_reminders(now=now + inquiring.REMIND_AFTER + moment)
        counts.append(len(owed()))

    assert (counts, owed()) == ([0, 1, 1], [("inquiry-reminder", casey.email)])
    inquiry.refresh_from_db()
    assert inquiry.reminded_at == now + inquiring.REMIND_AFTER


def test_the_clock_reminds(answer: Answer, casey: User) -> None:
    make_inquiry(answer, asked_at=datetime.now().astimezone() - timedelta(days=8))

    tasks.queue_reminders()

    assert owed() == [("inquiry-reminder", casey.email)]


def readers(answer: Answer, asker: User) -> dict[str, User | AnonymousUser]:
    """Return one of each kind of reader."""
    return {
        "visitor": AnonymousUser(),
        "participant": make_user(),
        "asker": asker,
        "member": make_member(),
        "own": make_member(answer.response.agency),
        "organiser": make_user(is_organiser=True),
    }


def read_by(people: dict[str, User | AnonymousUser]) -> dict[str, int]:
    """Return how many notes each of them may read."""
    return {who: Inquiry.objects.notes_for(person).count() for who, person in people.items()}


@pytest.mark.parametrize(
    ("level", "readable"),
    [
        ("public", {"visitor", "participant", "asker", "member", "own", "organiser"}),
        ("members", {"asker", "member", "own", "organiser"}),
        ("counted", {"own", "organiser"}),
        ("organisers", {"own", "organiser"}),
    ],
)
def test_a_note_is_read_by_who_reads_the_answer(
    answer: Answer, level: str, readable: set[str]
) -> None:
    asker = make_member()
    make_inquiry(answer, asker, state="answered")
    Answer.objects.update(sharing=level)

    found = read_by(readers(answer, asker))

    assert {who for who, number in found.items() if number} == readable


CHANGES: dict[str, Callable[[], Any]] = {
    "tightened": lambda: Answer.objects.update(sharing="counted"),
    "opened again": lambda: Response.objects.update(state="draft", submitted_at=None),
    "hidden": lambda: Answer.objects.update(applies=False),
    "not fielded": lambda: Response.objects.update(
        wave=make_wave(fielded_at=None), state="draft", submitted_at=None
    ),
    "taken back": lambda: Inquiry.objects.update(is_note=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_note_goes_with_its_answer(answer: Answer, change: str) -> None:
    inquiry = make_inquiry(answer, state="answered")
    reader = make_member()
    before = Inquiry.objects.notes_for(reader).count()

    CHANGES[change]()

    assert (before, Inquiry.objects.notes_for(reader).count()) == (1, 0)
    assert Inquiry.objects.get() == inquiry


def test_removing_takes_the_note_away_and_tells_both_sides(
    answer: Answer, casey: User, now: datetime
) -> None:
    inquiry = ask(answer, make_member(name="Ann"), now)

    for _ in range(2):
        inquiring.remove(inquiry=inquiry, reason="Names a case.", by=make_user(), now=now)

    asker = inquiry.asked_by
    assert asker is not None
    assert owed() == [("inquiry-removed", asker.email), ("inquiry-removed", casey.email)]
    assert Inquiry.objects.notes_for(casey).count() == 0


def test_who_left_the_asking_agency_hears_and_counts_nothing(
    answer: Answer, casey: User, now: datetime, postbox: Postbox
) -> None:
    inquiry = ask(answer, make_member(), now)
    asker = inquiry.asked_by
    assert asker is not None
    asker.memberships.update(status="ended", ended_at=now)

    inquiring.remove(inquiry=inquiry, reason="Names a case.", by=make_user(), now=now)
    Notification.objects.update(due_at=now)
    delivering.drain()

    assert asker.email not in {message["To"] for message in postbox.received}
    assert Inquiry.objects.numbers_for(asker) == {"waiting": 0, "mine": 0}


def test_a_question_is_known_to_both_sides_and_the_organisers(answer: Answer) -> None:
    asker = make_member()
    make_inquiry(answer, asker, state="declined")

    people = readers(answer, asker)
    found = {w for w, person in people.items() if Inquiry.objects.visible_to(person).exists()}

    assert found == {"asker", "own", "organiser"}


def test_mail_brings_question_and_answer_but_not_what_the_survey_said(
    answer: Answer, casey: User, now: datetime, postbox: Postbox
) -> None:
    inquiry = ask(answer, make_member(name="Ann"), now, text="Since <when>?")
    delivering.drain()
    inquiring.reply(inquiry=inquiry, text="Since <2019>.", is_note=True, by=casey, now=now)
    delivering.drain()

    [asked, answered] = [
        [part.get_content() for part in message.walk() if not part.is_multipart()]
        for message in postbox.received
    ]
    assert ["Since <when>?" in asked[0], "Since &lt;when&gt;?" in asked[1]] == [True, True]
    assert ["Since <2019>." in answered[0], "Since &lt;2019&gt;." in answered[1]] == [True, True]
    assert ["Ann asks:" in text for text in asked] == [True, True]
    assert ["yes, always" in text for text in asked + answered] == [False] * 4
    assert ["Do you take bonds?" in text for text in asked + answered] == [True] * 4


DROPS: dict[str, tuple[Callable[[], Any], str]] = {
    "settled": (
        lambda: Inquiry.objects.update(state="declined", settled_at="2026-01-01T00:00Z"),
        "the question does not wait any more",
    ),
    "stepped down": (
        lambda: Membership.objects.update(role=Membership.Role.STAFF),
        "the person does not coordinate this agency any more",
    ),
    "gone": (lambda: Inquiry.objects.all().delete(), "the question does not exist any more"),
}


@pytest.mark.parametrize("change", DROPS)
def test_the_last_look_drops_what_has_lost_its_point(
    answer: Answer, casey: User, now: datetime, postbox: Postbox, change: str
) -> None:
    ask(answer, make_member(), now)
    act, reason = DROPS[change]
    act()

    delivering.drain()

    assert (postbox.received, Notification.objects.get().reason) == ([], reason)
