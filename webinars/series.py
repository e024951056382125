"""Found, change and remove a series; webinars keep what they have."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError

from agencies.models import Community
from events.slugs import free_slug
from webinars.models import Series


class HasWebinars(Exception):
    """A series with webinars is not removed."""


@dataclass(frozen=True)
class Defaults:
    """What an organiser says of a series: its name, and what a new webinar in it starts with."""

    name: str
    summary: str
    visibility: str
    community: Community | None
    capacity: int | None
    time_zone: str
    minutes: int
    partner: str
    access_information: str


@transaction.atomic
def found(*, defaults: Defaults) -> Series:
    """Found a series."""
    slug = free_slug(Series.objects.all(), defaults.name)
    return Series.objects.create(slug=slug, **vars(defaults))


@transaction.atomic
def change(*, series: Series, defaults: Defaults) -> None:
    """Change what is said of a series; webinars that are planned stay as they are."""
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    for name, value in vars(defaults).items():
        setattr(series, name, value)
    series.save()


def remove(*, series: Series) -> None:
    """Remove a series. Raises HasWebinars while one belongs to it."""
    try:
        series.delete()
    except ProtectedError:
        raise HasWebinars from None
