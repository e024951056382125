"""What a person says about themselves."""

from accounts.models import User


def rename(*, person: User, name: str) -> User:
    """Keep the person's name."""
    person.name = name
    person.save(update_fields=["name"])
    return person


def choose_zone(*, person: User, time_zone: str) -> User:
    """Keep the time zone that was chosen for this person: from now on it is no guess."""
    person.time_zone, person.has_chosen_zone = time_zone, True
    person.save(update_fields=["time_zone", "has_chosen_zone"])
    return person
