"""Register or take a seat with what is asked: the place, the answers and needs, all or nothing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from webinars import arranging, conditions, offering, registration
from webinars.models import Registration, RegistrationAnswer, Webinar


@transaction.atomic
def enter(
    *,
    webinar: Webinar,
    person: User,
    answers: Mapping[int, list[str]],
    needs: Mapping[str, str] | None,
    now: datetime,
) -> Registration:
    """Give this person a place as register does, and keep the answers; who has one changes them.

    Answers to questions that the others do not call for are left out. `needs` is None where
    access cannot be asked for any more. Raises what registration.register raises.
    """
    place = registration.register(webinar=webinar, person=person, now=now)
    _keep(place, answers, needs, now)
    return place


@transaction.atomic
def accept(
    *,
    webinar: Webinar,
    person: User,
    answers: Mapping[int, list[str]],
    needs: Mapping[str, str] | None,
    now: datetime,
) -> Registration:
    """Let this person take the seat that is offered, and keep the answers as enter does.

    Raises what offering.accept raises.
    """
    place = offering.accept(webinar=webinar, person=person, now=now)
    _keep(place, answers, needs, now)
    return place


def _keep(
    place: Registration,
    answers: Mapping[int, list[str]],
    needs: Mapping[str, str] | None,
    now: datetime,
) -> None:
    asked = list(place.webinar.questions.asked())
    kept = {question.pk: answers.get(question.pk) for question in conditions.shown(asked, answers)}
    place.answers.filter(question__in=asked).delete()
    RegistrationAnswer.objects.bulk_create(
        RegistrationAnswer(registration=place, question_id=key, values=values)
        for key, values in kept.items()
        if values
    )
    if needs is not None:
        arranging.ask(place=place, needs=needs, now=now)
