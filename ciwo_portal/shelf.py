"""The library's shelf: past webinars and sessions in one list, with counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchRank
from django.db.models import CharField, Count, F, FloatField, OuterRef, Subquery, Value
from django.utils.safestring import SafeString

from accounts.models import User
from ciwo_portal.filters import LibraryFilter
from library import search
from library.models import Topic
from sessions.models import PracticeSession
from webinars.models import Webinar


@dataclass(frozen=True)
class Entry:
    """One row of the shelf."""

    kind: str
    title: SafeString
    url: str
    held_on: date
    topics: list[str]
    is_demo: bool
    is_cancelled: bool


class Shelf:
    """What matches a reader's question; every question to the database is bounded."""

    def __init__(self, data: Any, user: User | AnonymousUser, now: datetime) -> None:
        webinars = Webinar.objects.visible_to(user).published().past(now).order_by()
        webinars = webinars.alias(words=F("search"))
        sessions = PracticeSession.objects.visible_to(user).published().past(now).order_by()
        sessions = sessions.with_words_for(user)
        self.form = LibraryFilter(data, webinars).form
        self._found = {
            "webinar": LibraryFilter(data, webinars).qs,
            "session": LibraryFilter(data, sessions).qs,
        }
        text = self.form.cleaned_data.get("q", "") if self.form.is_valid() else ""
        self._question = search.query(text)

    def years(self) -> dict[str, Counter[int]]:
        """Count what matches, by kind and year; two queries."""
        return {
            kind: Counter(
                dict(found.values_list("held_on__year").annotate(number=Count("pk", distinct=True)))
            )
            for kind, found in self._found.items()
        }

    def topics(self) -> list[tuple[Topic, int]]:
        """Count what matches, by topic; one query."""
        webinars, sessions = self._found.values()
        counted = Topic.objects.annotate(
            of_webinars=_count(Webinar.topics.through, "webinar_id", webinars),
            of_sessions=_count(PracticeSession.topics.through, "practicesession_id", sessions),
        ).order_by("position", "name")
        return [(t, (t.of_webinars or 0) + (t.of_sessions or 0)) for t in counted]

    def rows(self, start: int, stop: int) -> list[Entry]:
        """Return a part of the list, the best match first, then the newest; one query."""
        webinars, sessions = (self._columns(kind, rows) for kind, rows in self._found.items())
        both = webinars.union(sessions, all=True).order_by("-rank", "-held_on", "kind", "pk")
        return [_entry(row) for row in both[start:stop]]

    def _columns(self, kind: str, rows: Any) -> Any:
        names = rows.model.topics.through.objects.filter(
            **{f"{rows.model._meta.model_name}_id": OuterRef("pk")}
        ).values("topic__name")
        question = self._question
        return rows.annotate(
            kind=Value(kind, CharField()),
            rank=SearchRank(F("words"), question) if question else Value(0.0, FloatField()),
            marked=search.marked("title", question) if question else F("title"),
            community_slug=F("community__slug"),
            topic_names=ArraySubquery(names),
        ).values(
            *("kind", "pk", "slug", "held_on", "state", "is_demo"),
            *("rank", "marked", "community_slug", "topic_names"),
        )


def _count(through: Any, key: str, found: Any) -> Subquery:
    counted = (
        through.objects.filter(topic_id=OuterRef("pk"), **{f"{key}__in": found.values("pk")})
        .order_by()
        .values("topic_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Subquery(counted)


def _entry(row: dict[str, Any]) -> Entry:
    is_webinar = row["kind"] == "webinar"
    place = "webinars" if is_webinar else f"communities/{row['community_slug']}"
    return Entry(
        kind=row["kind"],
        title=search.highlight(row["marked"]),
        url=f"/{place}/{row['slug']}/",
        held_on=row["held_on"],
        topics=row["topic_names"],
        is_demo=row["is_demo"],
        is_cancelled=row["state"] == "cancelled",
    )
