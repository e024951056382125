"""Topics, agencies and communities that a search names, and the topics nearest to it."""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchRank
from django.db.models import CharField, F, FloatField, Func, Max, Q, TextField, Value
from django.db.models.functions import Coalesce, Concat, Greatest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from agencies import words
from agencies.models import Agency, Community
from library import search
from library.models import Synonym, Topic
from library.search import Question
from library.synonyms import Asked

_PLACE = Concat("jurisdiction", Value(", "), "state", output_field=TextField())
MOST = 5  # of each kind
NEAREST = 8
PLACES = {
    "topic": "topics:detail",
    "agency": "agencies:detail",
    "community": "sessions:community",
}


@dataclass(frozen=True)
class Named:
    """Something with a name: "topic", "agency" or "community"."""

    kind: str
    name: SafeString
    text: str
    url: str
    is_demo: bool


def found(user: User | AnonymousUser, asked: Asked) -> list[Named]:
    """Return what bears all the terms in its name and may be known to this reader; one query."""
    question = asked.everything
    if question is None:
        return []
    topics = Topic.objects.annotate(is_demo=Value(False))
    agencies = Agency.objects.visible_to(user)
    communities = Community.objects.visible_to(user)
    kinds: tuple[tuple[str, Any, tuple[str, ...], Any, Q], ...] = (
        ("topic", topics, ("name", "description"), F("description"), _otherwise(asked)),
        ("agency", agencies, ("name", "unit", "jurisdiction"), _PLACE, Q()),
        ("community", communities, ("name", "summary"), F("summary"), Q()),
    )
    parts = [_columns(question, *kind) for kind in kinds]
    rows = parts[0].union(*parts[1:], all=True).order_by("is_demo", "-rank", "kind", "name")
    return [_named(row) for row in rows]


def nearest(text: str) -> list[Topic]:
    """Return the topics whose names or synonyms are most like the text, else the first ones."""
    name = _likeness("name", text)
    other = Coalesce(Max(_likeness("synonyms__text", text)), 0.0)
    topics = Topic.objects.annotate(near=Greatest(name, other))
    return list(topics.order_by("-near", "position", "name")[:NEAREST])


def _likeness(field: str, text: str) -> Func:
    text = text.replace("\0", "")
    return Func(F(field), Value(text), function="word_similarity", output_field=FloatField())


def _otherwise(asked: Asked) -> Q:
    """Match topics that the terms stand for, or of which a synonym bears them all."""
    bearing = Synonym.objects.alias(words=words.vector("text")).filter(words=asked.everything)
    return Q(pk__in=asked.topics()) | Q(pk__in=bearing.values("topic"))


def _columns(
    question: Question, kind: str, rows: Any, fields: tuple[str, ...], text: Any, otherwise: Q
) -> Any:
    name, *others = fields
    vector = reduce(add, [words.vector(one, "C") for one in others], words.vector(name, "A"))
    return (
        rows.alias(words=vector)
        .filter(Q(words=question) | otherwise)
        .annotate(
            kind=Value(kind, CharField()),
            rank=SearchRank(F("words"), question),
            title=search.marked("name", question),
            text=text,
        )
        .order_by("is_demo", "-rank", "name", "pk")
        .values("kind", "rank", "slug", "name", "title", "text", "is_demo")[:MOST]
    )


def _named(row: dict[str, Any]) -> Named:
    return Named(
        kind=row["kind"],
        name=search.highlight(row["title"]),
        text=row["text"],
        url=reverse(PLACES[row["kind"]], args=[row["slug"]]),
        is_demo=row["is_demo"],
    )
