"""The library's shelf: past webinars and sessions in one list."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import compress
from operator import add
from typing import Any, NamedTuple, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchRank
from django.db.models import (
    CharField,
    Count,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.query import EmptyQuerySet
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from accounts.models import User
from ciwo_portal import matching
from ciwo_portal.filters import LibraryFilter
from library import search
from library.models import Topic
from library.search import Question
from library.synonyms import Asked
from records import transcripts
from records.models import Recording, Segment
from sessions.models import PracticeSession
from webinars.models import Webinar


@dataclass(frozen=True)
class Entry:
    """One row of the shelf."""

    kind: str
    title: SafeString
    excerpt: SafeString | None  # of the summary, where words were found in it
    url: str
    said: SafeString | None  # in the recording, where words were found in it
    said_at: str  # its moment; "" where none is known
    said_url: str
    held_on: date
    topics: list[str]
    is_demo: bool
    is_cancelled: bool


class Number(NamedTuple):
    """How many entries there are, and how many invented ones beside them."""

    real: int
    demo: int

    def __str__(self) -> str:
        real = ngettext("%d result", "%d results", self.real) % self.real
        demo = ngettext("%d demo entry", "%d demo entries", self.demo) % self.demo
        is_said = (self.real or not self.demo, self.demo)
        return ", ".join(compress((real, demo), is_said))


@dataclass(frozen=True)
class Shelf:
    """What a reader may see of what was held; every question to the database is bounded."""

    webinars: Any
    sessions: Any
    heard: Any  # what was said in recordings
    words: str = ""
    question: Question | None = None  # what ranks and marks the rows

    @classmethod
    def of(cls, user: User | AnonymousUser, now: datetime) -> Self:
        """Return all that this reader may know of and that is over at `now`."""
        webinars = Webinar.objects.visible_to(user).announced().past(now).order_by()
        sessions = PracticeSession.objects.visible_to(user).announced().past(now).order_by()
        heard = Segment.objects.filter(recording__in=Recording.objects.visible_to(user).published())
        none = Value(0, IntegerField())
        return cls(
            webinars.alias(words=F("search"), matched=none),
            sessions.with_words_for(user).alias(matched=none),
            heard,
        )

    def on(self, topic: Topic) -> Self:
        """Keep what hangs on the topic."""
        return replace(
            self,
            webinars=self.webinars.filter(topics=topic),
            sessions=self.sessions.filter(topics=topic),
        )

    def since(self, year: int) -> Self:
        """Keep what was held in this year or later."""
        webinars, sessions = (
            rows.filter(held_on__year__gte=year) for rows in (self.webinars, self.sessions)
        )
        return replace(self, webinars=webinars, sessions=sessions)

    def narrowed(self, by: LibraryFilter, but: tuple[str, ...] = ()) -> Self:
        """Keep what passes the filters, without those named in `but`."""
        both = (self.webinars, self.sessions)
        webinars, sessions = (by.narrow(rows, self.heard, but) for rows in both)
        question = None if "q" in but else by.asked.everything
        return replace(
            self, webinars=webinars, sessions=sessions, words=by.words, question=question
        )

    def close_to(self, asked: Asked, needed: int) -> Self:
        """Keep what holds at least so many of the terms; the more, the earlier in the list."""
        both = [
            rows.alias(matched=matching.how_many(rows, asked, self.heard))
            for rows in (self.webinars, self.sessions)
        ]
        both = [rows.filter(matched__gte=needed) for rows in both]
        return replace(self, webinars=both[0], sessions=both[1], question=asked.anything)

    def tally(self, asked: Asked) -> list[Number]:
        """Count what holds all terms, and then what holds each of their parts(); one query."""
        real, demo = ([0] * (len(asked.parts()) + 1) for _half in range(2))
        for is_demo, *row in self._tables(asked):
            half = demo if is_demo else real
            half[:] = map(add, half, row)
        return list(map(Number, real, demo))

    def _tables(self, asked: Asked) -> Any:
        counted = []
        for kind, rows in self.kinds():
            each = [matching.by_part(rows, asked, places, self.heard) for places in asked.parts()]
            found = [matching.by_all(rows, asked, self.heard), *each]
            numbers = {f"n{n}": Count("pk", filter=one) for n, one in enumerate(found)}
            grouped = rows.order_by().values("is_demo", of=Value(kind, CharField()))
            counted.append(grouped.annotate(**numbers).values_list("is_demo", *numbers))
        return counted[0].union(*counted[1:], all=True) if counted else ()

    def kinds(self) -> list[tuple[str, Any]]:
        """Return the two kinds' rows, without a kind that has been filtered out."""
        both = (("webinar", self.webinars), ("session", self.sessions))
        return [(kind, rows) for kind, rows in both if not isinstance(rows, EmptyQuerySet)]

    def rows(self, start: int, stop: int) -> list[Entry]:
        """Return a part of the list, the best match first, then the newest; one query.

        What is invented stands apart, at the end.
        """
        order = ("is_demo", "-close", "-rank", "-held_on", "kind", "pk")
        # Each kind is cut before the two are mixed, so that only few rows fetch their topics.
        parts = [self._columns(*kind).order_by(*order)[:stop] for kind in self.kinds()]
        if len(parts) == 2:
            parts = [parts[0].union(parts[1], all=True).order_by(*order)]
        return [_entry(row, self.words) for part in parts for row in part[start:stop]]

    def _columns(self, kind: str, rows: Any) -> Any:
        names = rows.model.topics.through.objects.filter(
            **{f"{rows.model._meta.model_name}_id": OuterRef("pk")}
        ).values("topic__name")
        question = self.question
        return (
            self._with_heard(rows, question)
            .annotate(
                kind=Value(kind, CharField()),
                close=F("matched"),
                rank=SearchRank(F("words"), question) if question else Value(0.0, FloatField()),
                marked=search.marked("title", question) if question else F("title"),
                excerpt=search.marked("summary", question) if question else Value("", TextField()),
                community_slug=F("community__slug"),
                topic_names=ArraySubquery(names),
            )
            .values(
                *("kind", "pk", "slug", "held_on", "state", "is_demo"),
                *("close", "rank", "marked", "excerpt", "community_slug", "topic_names"),
                *("said", "said_at"),
            )
        )

    def _with_heard(self, rows: Any, question: Question | None) -> Any:
        """Add the first words that were found in what was said, and the second they begin at."""
        if question is None or rows.model is not Webinar:
            nowhere = Value(None, IntegerField())
            return rows.annotate(said=Value("", TextField()), said_at=nowhere)
        found = self.heard.filter(recording__webinar=OuterRef("pk"), search=question)
        first = found.order_by("position")
        marked = first.annotate(marked=search.marked("text", question)).values("marked")
        return rows.annotate(
            said=Coalesce(Subquery(marked[:1]), Value(""), output_field=TextField()),
            said_at=Subquery(first.values("starts")[:1], output_field=IntegerField()),
        )


def _entry(row: dict[str, Any], words: str) -> Entry:
    is_webinar = row["kind"] == "webinar"
    place = "webinars" if is_webinar else f"communities/{row['community_slug']}"
    excerpt, second = row["excerpt"], row["said_at"]
    asked = urlencode({"q": words} | ({} if second is None else {"t": second}))
    anchor = "#transcript" if second is None else f"#t={second}"
    return Entry(
        kind=row["kind"],
        title=search.highlight(row["marked"]),
        excerpt=search.highlight(excerpt) if search.is_marked(excerpt) else None,
        url=f"/{place}/{row['slug']}/",
        said=search.highlight(row["said"]) if row["said"] else None,
        said_at="" if second is None else transcripts.stamp(second),
        said_url=f"/{place}/{row['slug']}/recording/?{asked}{anchor}",
        held_on=row["held_on"],
        topics=row["topic_names"],
        is_demo=row["is_demo"],
        is_cancelled=row["state"] == "cancelled",
    )
