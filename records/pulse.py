"""Say what one thought of a webinar; once, and with two weeks to think better of it."""

from datetime import datetime

from django.db import transaction

from accounts import visitors
from accounts.models import User
from records.models import PulseAnswer, asked_of
from webinars.models import Webinar


class NotAsked(Exception):
    """The person was not there, or it is too long ago."""


class IsFinal(Exception):
    """The answer was given too long ago to change."""


@transaction.atomic
def answer(
    *, webinar: Webinar, person: User, useful: str, will_change: str, wish: str, now: datetime
) -> PulseAnswer:
    """Keep what this person thinks, in place of what they said before.

    Raises NotAsked or IsFinal.
    """
    # Whoever answers holds the own row, so that a double click finds the first answer.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    given = PulseAnswer.objects.filter(webinar=webinar, person=person).first()
    if given is not None and not given.is_changeable(now):
        raise IsFinal
    if given is None:
        if not asked_of(person, now).filter(pk=webinar.pk).exists():
            raise NotAsked
        given = PulseAnswer(webinar=webinar, person=person, given_at=now)
    given.useful, given.will_change, given.wish = useful, will_change, wish
    given.changed_at = now
    given.save()
    visitors.forget_pages()
    return given
