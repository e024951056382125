"""Tables are emptied after tests with transactions of their own: their rows go, nothing else.

Django truncates, which gives each of eighty tables and all its indexes files anew, and makes
permissions again: half a second for every such test, where this takes a few hundredths.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}  # what migrating makes; no test changes it


def empty(_test: TransactionTestCase) -> None:
    """Delete every row; whoever still writes is waited for, as a truncation would."""
    made = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = [connection.ops.quote_name(name) for name in sorted({*made} - KEPT)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("; ".join(f"DELETE FROM {name}" for name in names))  # noqa: S608 our tables


@pytest.fixture(scope="session", autouse=True)
def _emptied() -> Iterator[None]:
    """Every test that commits is followed by this instead of Django's `flush`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
