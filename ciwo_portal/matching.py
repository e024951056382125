"""Which events hold what is searched for, where this reader may look."""

from functools import reduce
from operator import add, and_
from typing import Any

from django.db.models import Case, Func, IntegerField, Q, Value, When
from django.db.models.lookups import Exact

from library.search import Term
from library.synonyms import Asked
from webinars.models import Webinar


def by_all(rows: Any, asked: Asked, heard: Any) -> Q:
    """Match what holds all terms; of webinars also what was said in one go of their recording."""
    found = Q(words=asked.everything)
    if asked.meanings:
        said = zip(asked.terms, by_each(rows, asked, heard), strict=True)
        found |= reduce(and_, [one | _is_common(term) for term, one in said])
    if rows.model is Webinar:
        found |= Q(pk__in=heard.filter(search=asked.everything).values("recording__webinar"))
    return found


def by_term(rows: Any, asked: Asked, place: int, heard: Any) -> Q:
    """Match what holds the term at this place, or hangs on a topic that it stands for.

    A webinar holds also what was said in its recording.
    """
    question = asked.terms[place].question
    found = Q(words=question)
    if rows.model is Webinar:
        found |= Q(pk__in=heard.filter(search=question).values("recording__webinar"))
    if topics := asked.topics(place):
        hanging = rows.model.topics.through.objects.filter(topic__in=topics)
        found |= Q(pk__in=hanging.values(rows.model._meta.model_name))
    return found


def by_part(rows: Any, asked: Asked, places: tuple[int, ...], heard: Any) -> Q:
    """Match what by_term() finds for each of these places."""
    return reduce(and_, [by_term(rows, asked, place, heard) for place in places])


def how_many(rows: Any, asked: Asked, heard: Any) -> Any:
    """Return an expression for the number of terms that a row holds."""
    each = by_each(rows, asked, heard)
    return reduce(add, [Case(When(one, 1), default=0) for one in each], _NONE)


_NONE = Value(0, IntegerField())


def by_each(rows: Any, asked: Asked, heard: Any) -> list[Q]:
    """Return what by_term() says of each of the terms."""
    return [by_term(rows, asked, place, heard) for place in range(len(asked.terms))]


def _is_common(term: Term) -> Q:
    """Match everything if the term is a word like "the", which is not searched for."""
    words = Func(term.question, function="numnode", output_field=IntegerField())
    return Q(Exact(words, 0))
