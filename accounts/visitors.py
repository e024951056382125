"""What pages kept for visitors may show has changed: none that is kept is shown again."""

from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

ISSUE = "visitor-pages-issue"  # pages kept under another issue than this one are not shown


def forget_pages() -> None:
    """Show no page that was kept before this transaction: something was closed."""
    transaction.on_commit(lambda: cache.set(ISSUE, uuid4().hex, None))


def issue() -> Any:
    """Return the issue that parts of pages kept for visitors must belong to."""
    return cache.get(ISSUE)
