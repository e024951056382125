"""One message to each of many: owed by one statement, however many they are.

Nothing of it passes through Python's memory, and the change that owes it stays one short
transaction.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Func, JSONField, QuerySet, Value
from django.db.models.functions import Cast, Concat, JSONObject, Now

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
    fields: Mapping[str, str] = field(default_factory=dict)
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
