"""Four eyes: a section is called ready, signed off or returned, and a change takes that back."""

from datetime import datetime
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from accounts import concurrency
from accounts.models import User
from notifications.models import Notification
from surveys import assigning, drafting, reading, sharing, signing_off, submitting, teamwork
from surveys.models import Question, Response, SectionWork
from surveys.permissions import may_ready, may_sign_off
from tests.factories import make_member, make_question
from tests.surveys.scenes import make_coordinator, save, submit
from tests.threads import at_once

NOTHING = teamwork.edition([])  # what the reviewer saw where nothing is answered


@pytest.fixture
def kim(response: Response) -> User:
    """A colleague who reviews."""
    person = make_member(response.agency, name="Kim")
    Response.objects.update(reviewer=person)
    response.refresh_from_db()
    return person


@pytest.fixture
def dana(response: Response) -> User:
    """A colleague who has the section."""
    return make_member(response.agency, name="Dana")


@pytest.fixture
def act(response: Response, question: Question, real_now: datetime) -> dict[str, Any]:
    """What every change of the section's stage begins with."""
    return {"response": response, "section": question.section, "now": real_now}


def stage() -> str:
    """Return how far the section is."""
    return SectionWork.objects.get().stage


def now_at(response: Response) -> str:
    """Return how far the first section is, as its page says."""
    return teamwork.desks(reading.read(response))[0].stage


def owed() -> list[tuple[str, User | None]]:
    """Return which messages are owed to whom."""
    return [(n.kind, n.recipient) for n in Notification.objects.order_by("pk")]


def test_the_reviewer_hears_of_what_is_ready_once(
    act: dict[str, Any], kim: User, dana: User
) -> None:
    for _ in range(2):
        signing_off.mark_ready(**act, by=dana)

    assert (stage(), owed()) == ("ready", [("surveys/ready", kim)])


def test_without_a_reviewer_the_other_coordinators_hear_of_it(
    act: dict[str, Any], response: Response
) -> None:
    one, other = make_coordinator(response), make_coordinator(response)

    signing_off.mark_ready(**act, by=one)

    assert owed() == [("surveys/ready", other)]


def test_a_section_is_signed_off_as_it_was_seen(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    save(response, question, 4, by=dana)
    signing_off.mark_ready(**act, by=dana)
    seen = teamwork.edition(response.answers.all())
    save(response, question, 5, by=dana, seen=1)

    with pytest.raises(concurrency.ChangedMeanwhile):
        signing_off.sign_off(**act, seen=seen, by=kim)
    for _ in range(2):
        signing_off.sign_off(**act, seen=teamwork.edition(response.answers.all()), by=kim)

    assert stage() == "signed_off"


def test_what_nobody_calls_ready_is_not_signed_off(act: dict[str, Any], kim: User) -> None:
    with pytest.raises(signing_off.NotReady):
        signing_off.sign_off(**act, seen=NOTHING, by=kim)
    with pytest.raises(signing_off.NotReady):
        signing_off.send_back(**act, reason="No.", by=kim)


def test_a_section_comes_back_with_a_note_to_its_owner(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    assigning.give(**act, to=dana, note="", by=make_coordinator(response))
    signing_off.mark_ready(**act, by=dana)
    signing_off.send_back(**act, reason="The year is off.", by=kim)

    assert (stage(), SectionWork.objects.get().reason) == ("returned", "The year is off.")
    assert owed()[-1] == ("surveys/returned", dana)


def test_without_an_owner_it_comes_back_to_who_called_it_ready(
    act: dict[str, Any], kim: User, dana: User
) -> None:
    signing_off.mark_ready(**act, by=dana)
    signing_off.send_back(**act, reason="The year is off.", by=kim)

    assert owed()[-1] == ("surveys/returned", dana)


def test_a_change_takes_the_sign_off_of_its_section_back(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    elsewhere = make_question(response.wave.survey, section="more")
    signing_off.mark_ready(**act, by=dana)
    signing_off.sign_off(**act, seen=NOTHING, by=kim)

    found = [now_at(response)]
    save(response, elsewhere, "x", by=dana)
    found.append(now_at(response))
    save(response, question, 5, by=dana)
    found.append(now_at(response))
    signing_off.mark_ready(**act, by=dana)
    found.append(now_at(response))

    assert found == ["signed_off", "signed_off", "open", "ready"]


def test_who_may_see_an_answer_is_not_what_was_agreed_to(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    save(response, question, 5, by=dana)
    signing_off.mark_ready(**act, by=dana)
    signing_off.sign_off(**act, seen=teamwork.edition(response.answers.all()), by=kim)

    wish = {question.key: sharing.Wish("members", "public")}
    sharing.change(response=response, wishes=wish, by=dana, now=act["now"])

    assert now_at(response) == "signed_off"


@pytest.mark.django_db(transaction=True)
def test_a_change_at_the_same_moment_is_never_signed_off_unseen(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    signing_off.mark_ready(**act, by=dana)
    saved, free = Event(), Event()

    def change() -> None:
        with transaction.atomic():
            save(response, question, 5, by=dana)
            saved.set()
            assert not free.wait(0.5)  # the reviewer waits for us

    def agree() -> str:
        assert saved.wait(5)
        try:
            signing_off.sign_off(**act, seen=NOTHING, by=kim)
        except concurrency.ChangedMeanwhile:
            return "changed"
        finally:
            free.set()
        return "signed"

    found = at_once(lambda step: step(), [change, agree])

    assert (found[1], stage()) == ("changed", "ready")


def test_with_a_reviewer_every_section_must_be_signed_off(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    casey, now = make_coordinator(response), act["now"]
    hidden = {"all": [{"question": question.key, "operator": "gt", "value": 9}]}
    make_question(response.wave.survey, section="never", show_if=hidden)
    signing_off.mark_ready(**act, by=dana)

    with pytest.raises(submitting.NotSignedOff) as refusal:
        submitting.submit(response=response, by=casey, now=now)
    signing_off.sign_off(**act, seen=NOTHING, by=kim)
    handed_in = submitting.submit(response=response, by=casey, now=now)

    assert [part.section for part in refusal.value.parts] == [question.section]
    assert handed_in.state == Response.State.SUBMITTED


@pytest.mark.parametrize("has_left", [False, True])
def test_without_a_reviewer_one_may_go_on(
    response: Response, question: Question, kim: User, real_now: datetime, has_left: bool
) -> None:
    if has_left:
        kim.memberships.update(status="ended", ended_at=real_now)
    else:
        Response.objects.update(reviewer=None)

    handed_in = submitting.submit(response=response, by=make_coordinator(response), now=real_now)

    assert handed_in.state == Response.State.SUBMITTED


def test_who_may_call_ready_and_who_may_sign_off(
    act: dict[str, Any], response: Response, question: Question, kim: User, dana: User
) -> None:
    casey, lee = make_coordinator(response), make_member(response.agency)
    work = assigning.give(**act, to=dana, note="", by=casey)

    people = (casey, dana, lee, kim)
    found = [(may_ready(p, response, work), may_sign_off(p, response)) for p in people]
    nobodys = [may_ready(p, response, None) for p in people]

    assert found == [(True, False), (True, False), (False, False), (False, True)]
    assert nobodys == [True] * 4


def test_after_submitting_nothing_is_signed_off(act: dict[str, Any], response: Response) -> None:
    submit(response)

    act["by"] = make_member(response.agency)

    with pytest.raises(drafting.AlreadySubmitted):
        signing_off.mark_ready(**act)
    with pytest.raises(drafting.AlreadySubmitted):
        signing_off.sign_off(**act, seen=NOTHING)
    with pytest.raises(drafting.AlreadySubmitted):
        signing_off.send_back(**act, reason="x")
