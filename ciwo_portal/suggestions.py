"""What a search without a result leads on to: slips put right, fewer words, and what is close."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat, Left

from agencies.models import Agency
from agencies.words import CONFIG
from ciwo_portal.shelf import Entry, Number, Shelf
from library.models import Synonym, Topic
from library.synonyms import Asked

CLOSE = 10
NEWEST = 1_000  # events whose words are known
ALIKE = 0.4  # of pg_trgm's similarity
SHORTEST = 4


@dataclass(frozen=True)
class Suggestions:
    """Other searches, each with the number of its results, and entries with most of the words."""

    corrected: str  # "" where that finds nothing
    corrected_total: Number
    parts: list[tuple[str, Number]]
    close: list[Entry]


def of(shelf: Shelf, asked: Asked) -> Suggestions:
    """Return what is close to a search that finds nothing among these; at most five queries."""
    total, *numbers = shelf.tally(asked)
    counted = dict(zip(asked.parts(), numbers, strict=True))
    unknown = [asked.said(places) for places, number in counted.items() if not any(number)]
    known = _alike(shelf, unknown) if unknown else {}
    corrected = " ".join(known.get(str(term), str(term)) for term in asked.terms)
    if known:
        asked = Asked.of(corrected)
        total, *numbers = shelf.tally(asked)
        counted = dict(zip(asked.parts(), numbers, strict=True))
    found = {places: number for places, number in counted.items() if any(number)}
    needed = (sum(map(len, found)) + 1) // 2
    return Suggestions(
        corrected=corrected if any(total) else "",
        corrected_total=total,
        parts=[(asked.said(p), n) for p, n in found.items()] if len(counted) > 1 else [],
        close=shelf.close_to(asked, needed).rows(0, CLOSE) if found else [],
    )


def _alike(shelf: Shelf, words: list[str]) -> dict[str, str]:
    """Return for each word the known one that is most like it, where one is.

    A word like "their", which is not searched for, is no slip.
    """
    sql, params = _known(shelf).query.sql_with_params()
    # Only the texts of what this reader may see are looked into.
    question = f"""
        SELECT DISTINCT ON (asked.word) asked.word, known.word
        FROM unnest(%s::text[]) AS asked(word)
        JOIN (
          SELECT DISTINCT unnest(string_to_array(lower(ciwo_words(text)), ' ')) AS word
          FROM ({sql}) AS texts(text)
        ) AS known
        ON length(known.word) >= {SHORTEST} AND similarity(asked.word, known.word) >= {ALIKE}
        AND numnode(plainto_tsquery('{CONFIG}', ciwo_words(asked.word))) > 0
        ORDER BY asked.word, similarity(asked.word, known.word) DESC, known.word
    """  # noqa: S608 the ORM's own SQL, its parameters apart  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(question, [[w for w in words if len(w) >= SHORTEST], *params])
        return dict(cursor.fetchall())


def _known(shelf: Shelf) -> Any:
    """Return the texts in which words are looked for: of events, topics and agencies."""
    summary = Left("summary", 300)
    texts: list[Any] = [
        rows.order_by("-held_on").values(text=Concat(F("title"), Value(" "), summary))[:NEWEST]
        for _kind, rows in shelf.kinds()
    ]
    texts += [
        Topic.objects.values(called=F("name")),
        Synonym.objects.values(called=F("text")),
        Agency.objects.values(called=F("name"))[:NEWEST],
    ]
    return texts[0].union(*texts[1:], all=True)
