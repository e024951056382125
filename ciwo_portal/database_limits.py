"""Whether the role sets the limits that the portal cannot set itself through a pooler."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def limits_are_set(*, databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Warn of each limit that differs from the one that pages are made for."""
    if not settings.HAS_DATABASE_POOLER:
        return []
    found: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            for name, limit in settings.DATABASE_LIMITS.items():
                cursor.execute("SELECT current_setting(%s)", [name])
                (told,) = cursor.fetchone()
                if told != limit:
                    text = f"{name} is {told}, not {limit}."
                    hint = f"ALTER ROLE … SET {name} = '{limit}' (docs/operations.md, PgBouncer)."
                    found.append(Warning(text, hint=hint, id="ciwo_portal.W001"))
    return found
