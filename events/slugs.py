"""Addresses made from titles."""

from itertools import chain, count
from typing import TypeVar

from django.utils.text import slugify

from events.models import Event, EventQuerySet

E = TypeVar("E", bound=Event)

RESERVED = ("new", "feed", "calendar")  # addresses of our own beside the events'


def free_slug(events: EventQuerySet[E], title: str) -> str:
    """Return a slug for this title that none of these events has."""
    base = slugify(title)[:100] or "event"
    taken = {*events.filter(slug__startswith=base).values_list("slug", flat=True), *RESERVED}
    numbered = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if slug not in taken)
