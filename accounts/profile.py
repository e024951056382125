"""What a person says about themselves."""

from accounts.models import User


def update(*, person: User, name: str, time_zone: str) -> User:
    """Keep the person's name and time zone."""
    person.name, person.time_zone = name, time_zone
    person.save(update_fields=["name", "time_zone"])
    return person
