"""Open a wave, invite, extend and close it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agencies.models import Membership
from notifications.models import Notification
from surveys import drafting, fielding, submitting
from surveys.fielding import Plan
from surveys.models import Invitation, Release, Response, Survey, Wave
from tests.browsers import Client
from tests.factories import (
    NOW,
    make_agency,
    make_answer,
    make_member,
    make_question,
    make_response,
    make_user,
    make_wave,
)
from tests.surveys.scenes import make_coordinator
from tests.threads import at_once


def plan(now: datetime, title: str = "Practice survey") -> Plan:
    """Return a plan that opens tomorrow for a week."""
    day = timedelta(days=1)
    return Plan(title, now + day, now + 8 * day, "America/Denver")


def test_open_wave_asks_and_freezes_and_tells_nobody(now: datetime) -> None:
    survey, agency = make_question().survey, make_agency()
    make_member(agency, role=Membership.Role.COORDINATOR)

    wave = fielding.open_wave(survey=survey, plan=plan(now), agencies=[agency], now=now)

    assert (wave.slug, wave.fielded_at, wave.is_demo) == ("practice-survey", now, False)
    assert [response.agency for response in wave.responses.all()] == [agency]
    assert Survey.objects.get().frozen_at == now
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("title", ["New", "Practice survey", "新"])
def test_waves_of_one_title_have_addresses_of_their_own(now: datetime, title: str) -> None:
    survey, agency = make_question().survey, make_agency()

    first, second = (
        fielding.open_wave(survey=survey, plan=plan(at, title), agencies=[agency], now=now)
        for at in (now, now + timedelta(days=300))
    )

    base = {"New": "new", "新": "wave"}.get(title, "practice-survey")
    expected = [f"{base}-2", f"{base}-3"] if base == "new" else [base, f"{base}-2"]
    assert [first.slug, second.slug] == expected


def test_open_wave_asks_somebody_and_never_mixes_demonstrations(now: datetime) -> None:
    survey = make_question().survey
    mixed = [make_agency(), make_agency(is_demo=True)]

    with pytest.raises(fielding.NobodyAsked):
        fielding.open_wave(survey=survey, plan=plan(now), agencies=[], now=now)
    with pytest.raises(fielding.MixedAgencies):
        fielding.open_wave(survey=survey, plan=plan(now), agencies=mixed, now=now)

    assert Wave.objects.count() == 0


def test_invite_asks_coordinators_once(now: datetime) -> None:
    response = make_response()
    coordinator = make_coordinator(response)
    make_member(response.agency)
    make_coordinator(response, is_active=False)
    make_coordinator(make_response(response.wave, state="submitted", submitted_at=now))

    numbers = [fielding.invite(wave=response.wave, now=now) for _ in range(2)]

    assert numbers == [1, 0]
    assert [i.person for i in Invitation.objects.all()] == [coordinator]
    owed = Notification.objects.values_list("kind", "recipient", "due_at", "useful_until")
    assert [*owed] == [("surveys/invitation", coordinator.pk, now, response.wave.closes_at)]


def test_an_invitation_waits_for_the_opening(now: datetime) -> None:
    opens_at = now + timedelta(days=2)
    response = make_response(make_wave(opens_at=opens_at))
    make_coordinator(response)

    fielding.invite(wave=response.wave, now=now)

    assert Notification.objects.get().due_at == opens_at


@pytest.mark.django_db(transaction=True)
def test_two_organisers_who_invite_at_once_invite_once(now: datetime) -> None:
    response = make_response()
    make_coordinator(response)

    at_once(lambda _: fielding.invite(wave=response.wave, now=now), range(4))

    assert (Invitation.objects.count(), Notification.objects.count()) == (1, 1)


def test_extend_gives_more_time_also_after_the_end(now: datetime) -> None:
    wave = make_wave()
    late = now + timedelta(days=40)

    fielding.extend(wave=wave, closes_at=late + timedelta(days=1), now=late)

    wave.refresh_from_db()
    assert wave.is_open(late)


def test_extend_never_shortens(now: datetime) -> None:
    wave = make_wave()

    for closes_at, at in (
        (wave.closes_at, now),
        (now + timedelta(days=31), now.replace(year=2028)),
    ):
        with pytest.raises(fielding.ClosesTooEarly):
            fielding.extend(wave=wave, closes_at=closes_at, now=at)


def test_close_takes_no_more_answers_and_reminds_nobody(now: datetime) -> None:
    response = make_response()
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)

    fielding.close(wave=response.wave, reason="", now=now)

    assert Wave.objects.get().is_open(now) is False
    owed = list(Notification.objects.order_by("pk").values_list("kind", "reason"))
    assert owed == [("surveys/invitation", "the survey was closed"), ("surveys/closed", "")]


@pytest.mark.parametrize("shift", [-5, 31])
def test_close_is_for_open_waves(now: datetime, shift: int) -> None:
    with pytest.raises(fielding.NotOpenNow):
        fielding.close(wave=make_wave(), reason="", now=now + timedelta(days=shift))


def test_counts_say_how_far_a_wave_is(now: datetime) -> None:
    wave = make_wave()
    make_response(wave)
    make_response(wave, opened_at=now)
    submitted = make_response(wave, opened_at=now)
    submitting.submit(response=submitted, by=make_user(), now=now)

    counts = ("asked", "opened", "started", "submitted")
    assert [*Wave.objects.with_counts().values_list(*counts)] == [(3, 2, 0, 1)]


def told(wave: Wave, closes_at: datetime, now: datetime) -> list[User | None]:
    """Extend a wave; return who is written to."""
    number = fielding.extend(wave=wave, closes_at=closes_at, now=now)
    owed = Notification.objects.filter(kind="surveys/extended").order_by("pk")
    assert number == owed.count()
    return [one.recipient for one in owed]


def test_who_still_works_on_it_hears_of_more_time(now: datetime) -> None:
    wave = make_wave()
    works, done, longer, silent = (make_response(wave, opened_at=now) for _ in range(4))
    people = [make_coordinator(response) for response in (works, done, longer)]
    for response, person in zip((works, done, longer), people, strict=True):
        response.invitations.create(person=person, invited_at=wave.opens_at)
    make_coordinator(silent)
    owner = make_member(works.agency)
    section = make_question(wave.survey).section
    work = {"owner": owner, "given_at": now, "staged_at": now}
    works.works.create(section=section, **work)
    submitting.submit(response=done, by=people[1], now=now)
    fielding.extend_one(response=longer, closes_at=now + timedelta(days=60), now=now)
    Notification.objects.all().delete()

    assert told(wave, now + timedelta(days=40), now + timedelta(hours=1)) == [owner]


def test_more_time_is_told_once_for_each_deadline(now: datetime) -> None:
    response = make_response(opened_at=now)
    person = make_coordinator(response)
    response.invitations.create(person=person, invited_at=now)

    fielding.extend_one(response=response, closes_at=now + timedelta(days=40), now=now)
    with pytest.raises(fielding.ClosesTooEarly):
        fielding.extend_one(response=response, closes_at=now + timedelta(days=40), now=now)

    [owed] = Notification.objects.all()
    assert (owed.recipient, owed.category) == (person, "changes")
    assert owed.useful_until == now + timedelta(days=40)


def test_who_has_not_been_told_of_the_wave_hears_nothing_of_more_time(now: datetime) -> None:
    wave = make_wave(opens_at=now + timedelta(days=2))
    response = make_response(wave)
    response.invitations.create(person=make_coordinator(response), invited_at=now)

    assert told(wave, now + timedelta(days=40), now) == []


@pytest.mark.parametrize("count", [1, 3])
def test_extending_asks_as_much_for_many(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    wave = make_wave()
    for _ in range(count):
        response = make_response(wave, opened_at=now)
        response.invitations.create(person=make_coordinator(response), invited_at=now)

    with django_assert_num_queries(10):
        number = fielding.extend(wave=wave, closes_at=now + timedelta(days=40), now=now)

    assert number == count


def test_the_same_plan_again_is_the_wave_that_is_there(now: datetime) -> None:
    survey, agencies = make_question().survey, [make_agency(), make_agency()]

    first, again = (
        fielding.open_wave(survey=survey, plan=plan(now), agencies=agencies, now=now)
        for _ in range(2)
    )
    other = fielding.open_wave(survey=survey, plan=plan(now), agencies=agencies[:1], now=now)

    assert (first, other.slug) == (again, "practice-survey-2")


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_wave_at_once_open_one(now: datetime) -> None:
    survey, agency = make_question().survey, make_agency()

    at_once(
        lambda _: fielding.open_wave(survey=survey, plan=plan(now), agencies=[agency], now=now),
        range(4),
    )

    assert Wave.objects.count() == 1


def test_wave_nobody_has_heard_of_is_deleted_in_silence(organiser_client: Client) -> None:
    response = make_response(make_wave(title="Practices 2027"))
    make_coordinator(response)
    page = f"/manage/surveys/{response.wave.slug}/"

    shown, asked = organiser_client.get(page), organiser_client.get(f"{page}delete/")
    done = organiser_client.post(f"{page}delete/", follow=True)

    assert "Delete it" in shown.content.decode()
    assert "nobody is told" in asked.content.decode()
    assert "“Practices 2027” is deleted. Nobody is told." in done.content.decode()
    assert (Wave.objects.count(), Response.objects.count(), Survey.objects.count()) == (0, 0, 1)
    assert Notification.objects.count() == 0


def invited(response: Response, now: datetime) -> None:
    make_coordinator(response)
    fielding.invite(wave=response.wave, now=now)


def opened(response: Response, now: datetime) -> None:
    drafting.mark_opened(response=response, now=now)


def answered(response: Response, _now: datetime) -> None:
    make_answer(response, make_question(response.wave.survey), "Yes")


def published(response: Response, now: datetime) -> None:
    Release.objects.create(wave=response.wave, number=1, published_at=now)


@pytest.mark.parametrize("hear", [invited, opened, answered, published])
def test_wave_that_somebody_has_heard_of_is_not_deleted(
    organiser_client: Client, now: datetime, hear: Callable[[Response, datetime], None]
) -> None:
    response = make_response()
    hear(response, now)
    page = f"/manage/surveys/{response.wave.slug}/"

    shown = organiser_client.get(page).content.decode()
    refused = [
        organiser_client.get(f"{page}delete/", follow=True),
        organiser_client.post(f"{page}delete/", follow=True),
    ]

    assert "Delete it" not in shown
    assert all("Agencies have heard of it." in one.content.decode() for one in refused)
    assert Wave.objects.count() == 1


def impatient(hear: Callable[[Response, datetime], None], response: Response) -> None:
    """Do it, but wait for nobody who holds what it needs."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    hear(response, NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
@pytest.mark.parametrize("hear", [invited, opened])
def test_deleting_and_being_heard_of_at_once(
    hear: Callable[[Response, datetime], None], is_guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes while a wave is deleted waits for that; without the locks an agency loses it."""
    response, refuse = make_response(), fielding.refuse_if_heard_of
    meanwhile = []

    def refuse_and_lose_time(wave: Wave) -> None:
        refuse(wave)
        meanwhile.extend(at_once(lambda _: impatient(hear, response), [1]))

    monkeypatch.setattr(fielding, "refuse_if_heard_of", refuse_and_lose_time)
    if not is_guarded:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    fielding.delete(wave=response.wave)

    assert [type(one) for one in meanwhile] == [OperationalError if is_guarded else type(None)]
    assert Wave.objects.count() == 0


def test_who_acts_on_a_wave_deleted_meanwhile_finds_nothing(
    organiser_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = make_response(make_wave(closes_at=datetime.now(UTC) + timedelta(days=9)))
    hold = fielding._hold  # noqa: SLF001 the moment before the row is held

    def too_late(wave: Wave) -> Wave:
        fielding.delete(wave=wave)
        return hold(wave)

    monkeypatch.setattr(fielding, "_hold", too_late)
    page = organiser_client.post(f"/manage/surveys/{response.wave.slug}/invite/")

    assert page.status_code == 404
