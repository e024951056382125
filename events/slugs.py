"""Addresses made from titles."""

from itertools import chain, count
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

RESERVED = ("new", "feed", "calendar")  # addresses of our own beside the rows'


def free_slug(rows: "QuerySet[Any]", title: str) -> str:
    """Return a slug for this title that none of these rows has."""
    base = slugify(title)[:100] or "event"
    taken = {*rows.filter(slug__startswith=base).values_list("slug", flat=True), *RESERVED}
    numbered = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if slug not in taken)
