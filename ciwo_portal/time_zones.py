"""A person's time zone, with what hangs on it."""

from django.db import transaction

from accounts import profile
from accounts.models import User
from notifications import outbox


@transaction.atomic
def choose(*, person: User, time_zone: str) -> User:
    """Keep the zone that a person chose; what waited for the old zone's morning waits for its own.

    The same zone again changes nothing but that it was chosen.
    """
    person = profile.choose_zone(person=person, time_zone=time_zone)
    outbox.follow_zone(person)
    return person
