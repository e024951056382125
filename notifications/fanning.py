"""One message to each of many: owed by one statement, however many they are.

Nothing of it passes through Python's memory, and the change that owes it stays one short
transaction.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Func, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, Now

from notifications import outbox
from notifications.models import Notification

State = Notification.State


@dataclass(frozen=True)
class ToEach:
    """A message that each row's person is owed.

    Its key is `key` with the row's own between the two; `about` ends in the row's key, too, if it
    ends in a slash. `context` is the same for all, and `fields` adds each row's values under names.
    """

    kind: str
    category: str
    key: tuple[str, str]
    about: str
    due_at: datetime
    useful_until: datetime | None
    priority: int = 5
    context: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str | Combinable] = field(default_factory=dict)
    recipient: str = "person"  # the row's field that holds the reader


def queue(rows: QuerySet[Any, Any], message: ToEach) -> int:
    """Owe the message to each of the rows; return how many did not have it already."""
    columns = _columns(message)
    asked, marks = rows.values_list(*columns.values()).query.sql_with_params()
    names = ", ".join(columns)
    statement = f"INSERT INTO notifications_notification ({names}) {asked} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(statement, marks)
        count: int = cursor.rowcount
    if count:
        transaction.on_commit(outbox.look_now)
    return count


def queue_some(rows: QuerySet[Any, Any], message: ToEach, *, after: int, most: int) -> int | None:
    """Owe it to at most so many of the rows, by their keys; return after which key to go on.

    None when these were the last. Whoever has it already is passed over by the message's key.
    """
    keys = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])
    if keys:
        queue(rows.filter(pk__in=keys), message)
    return keys[-1] if len(keys) == most else None


def replace(rows: QuerySet[Any, Any], message: ToEach, *, reason: str) -> int:
    """Owe it to each of the rows in the place of all that is still owed about them."""
    named = rows.order_by().values_list(_named(message.about))
    about = Notification.objects.filter(about__in=named)
    about.open().update(state=F("state"))  # holds them: none goes out before this is decided
    count = queue(rows, message)
    before, after = message.key
    others = about.exclude(key__startswith=before, key__endswith=after)
    outbox.withdraw_all(others, reason=reason)
    return count


def still_owed(kinds: Collection[str], about: str, name: str, otherwise: object) -> Combinable:
    """Return what the newest message that is still owed about a row says under this name.

    `about` is what stands before a row's key; `otherwise` is for rows with no such message.
    """
    named = Concat(Value(about), Cast(OuterRef("pk"), models.CharField()))
    owed = Notification.objects.filter(about=named, kind__in=kinds).open().order_by("-pk")
    said = Subquery(owed.values(f"context__{name}")[:1], output_field=JSONField())
    return Coalesce(said, Value(otherwise, JSONField()))


def withdraw(rows: QuerySet[Any, Any], about: str, *, reason: str) -> None:
    """Stop owing what is about these rows; `about` is what stands before a row's key."""
    names = rows.order_by().values_list(_named(about))
    outbox.withdraw_all(Notification.objects.filter(about__in=names), reason=reason)


def _columns(message: ToEach) -> dict[str, Any]:
    """Return each column's name and value."""
    before, after = message.key
    is_own = message.about.endswith("/")
    return {
        "key": Concat(Value(before), Cast("pk", models.CharField()), Value(after)),
        "kind": Value(message.kind),
        "category": Value(str(message.category)),
        "about": _named(message.about) if is_own else Value(message.about),
        "recipient_id": F(message.recipient),
        "address": Value(""),
        "context": _context(message),
        "priority": Value(message.priority),
        "due_at": Value(message.due_at),
        "useful_until": Cast(Value(message.useful_until), models.DateTimeField()),
        "state": Value(str(State.PENDING)),
        "reason": Value(""),
        "attempts": Value(0),
        "faults": Value(0),
        "is_void": Value(value=False),
        "message_id": Value(""),
        "subject": Value(""),
        "created_at": Now(),
    }


def _named(about: str) -> Concat:
    return Concat(Value(about), Cast("pk", models.CharField()))


def _context(message: ToEach) -> Func:
    return Func(
        Cast(Value(json.dumps(dict(message.context))), models.JSONField()),
        JSONObject(**message.fields),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=JSONField(),
    )
