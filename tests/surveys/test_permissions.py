"""What a person may do with a response."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from agencies.models import Membership
from surveys.models import AnswerFile, Response, Wave
from surveys.permissions import may_draft, may_read, may_submit
from tests.factories import make_member, make_response, make_user, make_wave

Reader = User | AnonymousUser


@pytest.mark.parametrize(
    ("who", "state", "may"),
    [
        ("staff", "draft", (True, True, False)),
        ("coordinator", "draft", (True, True, True)),
        ("organiser", "draft", (False, False, False)),
        ("organiser", "submitted", (False, True, False)),
        ("stranger", "submitted", (False, False, False)),
        ("pending", "draft", (False, False, False)),
        ("coordinator elsewhere", "submitted", (False, False, False)),
    ],
)
def test_may(now: datetime, who: str, state: str, may: tuple[bool, bool, bool]) -> None:
    response = make_response(state=state, submitted_at=now if state == "submitted" else None)
    role = Membership.Role.COORDINATOR
    people: dict[str, Callable[[], User]] = {
        "staff": lambda: make_member(response.agency),
        "coordinator": lambda: make_member(response.agency, role=role),
        "organiser": lambda: make_user(is_organiser=True),
        "stranger": make_user,
        "pending": make_user,
        "coordinator elsewhere": lambda: make_member(role=role),
    }
    person = people[who]()
    if who == "pending":
        Membership.objects.create(person=person, agency=response.agency, asked_at=now)

    found = tuple(act(person, response) for act in (may_draft, may_read, may_submit))

    assert found == may


def test_nobody_sees_what_the_own_agency_is_not_asked(now: datetime) -> None:
    response = make_response()
    hidden = make_response(make_wave(fielded_at=None), response.agency)
    people: list[Reader] = [
        AnonymousUser(),
        make_user(),
        make_member(),
        make_member(response.agency),
    ]

    seen = [[*Wave.objects.visible_to(person)] for person in people]
    responses = [[*Response.objects.visible_to(person)] for person in people]

    assert seen == [[], [], [], [response.wave]]
    assert responses == [[], [], [], [response]]
    assert [*Response.objects.answered_by(AnonymousUser())] == []
    assert Response.objects.visible_to(make_user(is_organiser=True)).count() == 2
    assert hidden.agency == response.agency


def test_files_are_seen_with_their_response(now: datetime) -> None:
    people: list[Reader] = [AnonymousUser(), make_member(), make_user(is_organiser=True)]

    assert [AnswerFile.objects.visible_to(person).count() for person in people] == [0, 0, 0]
