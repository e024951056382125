"""What somebody asks for: its terms, each found by itself or by a topic that it stands for."""

from dataclasses import dataclass, field
from typing import Self

from django.contrib.postgres.search import SearchVector
from django.db.models import F, Q, Value

from agencies import words
from library import search
from library.models import Synonym
from library.search import Question, Term


@dataclass(frozen=True)
class Meaning:
    """A topic that some of the terms stand for, by one of its synonyms."""

    topic: int
    name: str
    places: frozenset[int]  # of the terms that the synonym holds


@dataclass(frozen=True)
class Asked:
    """The terms of a search, and the topics that they stand for."""

    terms: list[Term] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what somebody typed; one query. What stands in quotes means itself alone."""
        terms = search.terms(text)
        return cls(terms, _meanings(terms))

    @property
    def everything(self) -> Question | None:
        """The question for all terms in one text."""
        return search.having_all(self.terms)

    @property
    def anything(self) -> Question | None:
        """The question for any of the terms."""
        return search.having_any(self.terms)

    def topics(self, place: int | None = None) -> set[int]:
        """Return the topics that the term at this place stands for, or all of them."""
        return {one.topic for one in self.meanings if place is None or place in one.places}

    def parts(self) -> list[tuple[int, ...]]:
        """Return the places of the terms, in their order; those of one synonym stay together."""
        left = set(range(len(self.terms)))
        found = []
        for one in self.meanings:
            together = range(min(one.places), max(one.places) + 1) if one.places else range(0)
            if one.places == set(together) and left.issuperset(together):
                left -= one.places
                found.append(tuple(together))
        return sorted([*found, *((place,) for place in left)])

    def said(self, places: tuple[int, ...]) -> str:
        """Return the terms at these places as they were typed."""
        return " ".join(str(self.terms[place]) for place in places)


def _meanings(terms: list[Term]) -> list[Meaning]:
    text = " ".join(term.text for term in terms if not term.is_quoted)
    if not text:
        return []
    typed = SearchVector(words.cut(Value(text)), config=words.CONFIG)
    held = {f"has_{place}": Q(held=term.question) for place, term in enumerate(terms)}
    rows = Synonym.objects.alias(typed=typed, held=words.vector("text")).annotate(**held)
    found = rows.filter(typed=search.phrase(F("text"))).order_by("topic__position", "pk")
    return [
        Meaning(topic, name, frozenset(place for place, is_in in enumerate(places) if is_in))
        for topic, name, *places in found.values_list("topic", "topic__name", *held)
    ]
