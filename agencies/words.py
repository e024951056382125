"""How texts are cut into words: in the same way what is kept and what is searched for."""

from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import F, Func, TextField

CONFIG = "ciwo_english"  # stems English words, ignores accents; made by library's first migration


def cut(text: Any) -> Func:
    """Return an expression's text with blanks for signs: "AB-5" and "AB5" are both "AB 5"."""
    return Func(text, function="ciwo_words", output_field=TextField())


def vector(field: str, weight: str | None = None) -> SearchVector:
    """Return the words of a text column, as a search compares them."""
    return SearchVector(cut(F(field)), weight=weight, config=CONFIG)
