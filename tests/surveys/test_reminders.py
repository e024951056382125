"""Whom a reminder reaches, when, and how often."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agencies.models import Membership
from notifications import outbox
from notifications.models import Notification
from surveys import fielding, notices, reminders, teamwork
from surveys.models import Response, SectionWork
from tests.factories import (
    NOW,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_wave,
)
from tests.surveys.scenes import make_coordinator

HOUR = timedelta(hours=1)


@pytest.fixture
def response(now: datetime) -> Response:
    """Invited now; the wave closes in thirty days."""
    response = make_response()
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)
    Notification.objects.all().delete()
    return response


def leads() -> list[str]:
    """Return which reminders are owed, in the order in which they came."""
    keys = Notification.objects.order_by("pk").values_list("key", flat=True)
    return [key.rpartition("/")[2] for key in keys]


def pass_days(first: datetime, days: int) -> list[tuple[float, str]]:
    """Let the clock tick every six hours; returns on which day each reminder came."""
    came = []
    for quarter in range(days * 4):
        before = len(leads())
        reminders.queue_due(now=first + quarter * 6 * HOUR)
        came += [(quarter / 4, lead) for lead in leads()[before:]]
    return came


def test_three_reminders_at_most_and_far_apart(response: Response) -> None:
    assert pass_days(NOW, 31) == [(7, "unopened"), (23, "week"), (29, "day")]


def test_who_has_looked_is_not_asked_to_look(response: Response) -> None:
    Response.objects.update(opened_at=NOW)

    assert pass_days(NOW, 31) == [(23, "week"), (29, "day")]


def test_none_after_submitting(response: Response) -> None:
    Response.objects.update(state="submitted", submitted_at=NOW)

    assert pass_days(NOW, 31) == []


def test_an_answer_is_not_yet_a_submission(response: Response) -> None:
    make_answer(response, make_question(response.wave.survey), "x")

    reminders.queue_due(now=NOW + timedelta(days=24))

    assert leads() == ["week"]


@pytest.mark.parametrize(
    ("days", "came"),
    [
        (2, []),
        (4, [(3, "day")]),
        (9, [(8, "day")]),
        (10, [(3, "week"), (9, "day")]),
        (16, [(9, "week"), (15, "day")]),
        (18, [(7, "unopened"), (11, "week"), (17, "day")]),
    ],
)
def test_short_waves_keep_three_days_between_messages(
    days: int, came: list[tuple[float, str]]
) -> None:
    response = make_response(make_wave(closes_at=NOW + timedelta(days=days)))
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=NOW)
    Notification.objects.all().delete()

    assert pass_days(NOW, days) == came


def test_the_gap_begins_when_the_invitation_goes_out(now: datetime) -> None:
    opens_at = now + timedelta(days=20)
    response = make_response(make_wave(opens_at=opens_at))
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)
    Notification.objects.all().delete()

    assert pass_days(NOW, 31) == [(23, "week"), (29, "day")]


def test_a_longer_deadline_brings_no_reminder_twice(response: Response) -> None:
    pass_days(NOW, 24)
    fielding.extend(
        wave=response.wave, closes_at=NOW + timedelta(days=60), now=NOW + timedelta(days=24)
    )

    assert pass_days(NOW + timedelta(days=24), 37) == [(35, "day")]


def test_beat_that_comes_back_late_sends_only_what_is_of_use(response: Response) -> None:
    reminders.queue_due(now=NOW + timedelta(days=26, hours=1))

    assert leads() == []


def test_only_who_coordinates_still_is_reminded(response: Response) -> None:
    Membership.objects.update(role=Membership.Role.STAFF)

    assert pass_days(NOW, 31) == []


def give(response: Response, owner: User, **fields: object) -> SectionWork:
    """Let somebody have had a section since the invitation."""
    section = make_question(response.wave.survey, section=f"of-{owner.pk}").section
    return SectionWork.objects.create(
        **{"response": response, "section": section, "owner": owner, "given_at": NOW}
        | {"staged_at": NOW}
        | fields
    )


def whom(response: Response, days: float) -> list[User | None]:
    """Let the clock tick once; return who is reminded."""
    Response.objects.update(opened_at=NOW)
    reminders.queue_due(now=NOW + timedelta(days=days))
    return [n.recipient for n in Notification.objects.order_by("pk")]


def test_owners_of_unfinished_sections_are_reminded_and_nobody_else(response: Response) -> None:
    dana, kim = make_member(response.agency), make_member(response.agency)
    give(response, dana)
    give(response, kim, stage="signed_off", agreed=teamwork.edition([]))

    assert whom(response, 24) == [dana]


def test_a_sign_off_that_is_taken_back_leaves_the_owner_at_work(response: Response) -> None:
    dana = make_member(response.agency)
    give(response, dana, stage="signed_off", agreed="of something else")

    assert whom(response, 24) == [dana]


def test_a_section_without_an_owner_is_the_coordinators(response: Response) -> None:
    dana, casey = make_member(response.agency), response.invitations.get().person
    give(response, dana)
    make_question(response.wave.survey, section="nobodys")

    assert whom(response, 24) == [dana, casey]


def test_who_has_left_is_replaced_by_the_coordinators(response: Response) -> None:
    dana = make_member(response.agency)
    give(response, dana)
    dana.memberships.update(status="ended", ended_at=NOW)

    assert whom(response, 24) == [response.invitations.get().person]


def test_what_is_ready_waits_for_the_reviewer(response: Response) -> None:
    dana, kim = make_member(response.agency), make_member(response.agency)
    give(response, dana, stage="ready")
    Response.objects.update(reviewer=kim)

    assert whom(response, 24) == [kim]


def test_when_all_is_signed_off_the_coordinators_are_left(response: Response) -> None:
    give(
        response,
        make_member(response.agency),
        stage="signed_off",
        agreed=teamwork.edition([]),
    )

    assert whom(response, 24) == [response.invitations.get().person]


def test_who_was_just_given_a_section_knows_already(response: Response) -> None:
    give(response, make_member(response.agency), given_at=NOW + timedelta(days=22))

    assert whom(response, 24) == []


def test_who_was_just_written_to_is_left_alone(response: Response) -> None:
    dana = make_member(response.agency)
    work = give(response, dana)
    outbox.queue([notices.returned(work, dana, NOW + timedelta(days=22))])
    Notification.objects.update(due_at=NOW + timedelta(days=22))

    whom(response, 24)

    assert [n.kind for n in Notification.objects.all()] == ["surveys/returned"]


def test_an_agencys_own_deadline_moves_its_reminders(response: Response) -> None:
    other = make_response(response.wave)
    other.invitations.create(person=make_coordinator(other), invited_at=NOW)
    make_question(response.wave.survey)
    Response.objects.filter(pk=other.pk).update(extended_until=NOW + timedelta(days=40))

    first = whom(response, 24)

    assert first == [response.invitations.get().person]
    assert whom(response, 34)[1:] == [other.invitations.get().person]


@pytest.mark.parametrize("count", [1, 3])
def test_many_responses_ask_as_much_as_one(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    wave = make_wave()
    for _ in range(count):
        response = make_response(wave, opened_at=NOW)
        give(response, make_member(response.agency), stage="signed_off", agreed="old")

    with django_assert_num_queries(10):
        reminders.queue_due(now=NOW + timedelta(days=24))

    assert Notification.objects.count() == count
