"""The messages whose texts organisers may write themselves, and what they have written.

An app registers its occasions when it is ready. Without a text of the organisers' own the
built-in one is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import WordingVersion
from notifications.placeholders import Placeholder, Wording

LANGUAGES = {"en": _("English")}  # more when the pages speak them, too


@dataclass(frozen=True)
class Occasion:
    """One message that organisers may word: what it may name, must name, and begins from."""

    name: str  # letters, digits and hyphens: part of an address
    title: str | Promise
    known: Mapping[str, Placeholder]
    needed: frozenset[str]
    start: Wording  # says what the built-in text says
    caution: str | Promise = ""  # what a text may not claim, since not every reader can be told so

    @property
    def links(self) -> frozenset[str]:
        """The placeholders that are links."""
        return frozenset(name for name, one in self.known.items() if one.is_link)


_occasions: dict[str, Occasion] = {}


def register(*occasions: Occasion) -> None:
    """Let organisers word these."""
    _occasions.update({occasion.name: occasion for occasion in occasions})


def occasions() -> list[Occasion]:
    """Return every occasion, in the order in which apps named them."""
    return list(_occasions.values())


def get(name: str) -> Occasion:
    """Return the occasion of this name, or raise KeyError."""
    return _occasions[name]


def newest() -> QuerySet[WordingVersion]:
    """Return the version of every occasion and language that is in use."""
    order = ("occasion", "language")
    return WordingVersion.objects.order_by(*order, "-number").distinct(*order)


def in_use() -> dict[tuple[str, str], Wording]:
    """Return what organisers wrote, by occasion and language."""
    return {
        (one.occasion, one.language): Wording(one.subject, one.text)
        for one in newest()
        if not one.is_builtin
    }


def choose(
    written: Mapping[tuple[str, str], Wording], occasion: str, language: str
) -> Wording | None:
    """Return what there is for a reader of this language, else in English, else nothing."""
    return written.get((occasion, language[:2])) or written.get((occasion, "en"))
