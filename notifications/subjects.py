"""What messages are about: each app says which are about one of its things."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from notifications.models import Notification, NotificationQuerySet


@dataclass(frozen=True)
class Subject:
    """One thing that messages are about: its name, title and page, and which they are."""

    name: str  # "word:slug"
    title: str
    url: str
    is_about: Q

    @property
    def messages(self) -> NotificationQuerySet:
        """Every message that was or is owed about it."""
        return Notification.objects.filter(self.is_about)

    @property
    def log_url(self) -> str:
        """Where organisers look through them, and send again what failed."""
        return reverse("notifications:manage-log", query={"of": self.name})


_finders: dict[str, Callable[[str], Subject | None]] = {}


def register(word: str, find: Callable[[str], Subject | None]) -> None:
    """Let "word:slug" name what `find` returns for the slug."""
    _finders[word] = find


def find(name: str) -> Subject | None:
    """Return what such a name names, or None."""
    word, _colon, slug = name.partition(":")
    finder = _finders.get(word)
    return finder(slug) if finder else None


def of_rows(word: str, rows: QuerySet[Any]) -> Q:
    """Choose the messages that are withdrawn by these rows: about "word/<key>"."""
    names = rows.order_by().values_list(Concat(Value(f"{word}/"), Cast("pk", CharField())))
    return Q(about__in=names)
