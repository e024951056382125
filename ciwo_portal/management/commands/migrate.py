"""Django's migrate, under limits of its own."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

# A page may wait 5 s for a row and ask for 15 s. A migration may work for long, but waits only
# briefly for a table: everybody who comes after it waits behind it.
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "2s", "1h"
WAITED = (
    "Somebody held a table that a migration needs for more than {limit}. What had been applied "
    "before it stays, of this migration nothing is. Run migrate again; if it happens again, look "
    "in pg_stat_activity for who works so long."
)


class Command(migrate.Command):
    """Bring the tables up to date."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate under the limits of migrations, and go back to those of pages afterwards."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [STATEMENT_TIMEOUT])
        try:
            super().handle(*args, **options)
        except OperationalError as fault:
            if isinstance(fault.__cause__, LockNotAvailable):
                raise CommandError(WAITED.format(limit=LOCK_TIMEOUT)) from fault
            raise
        finally:
            if connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute("RESET lock_timeout")
                    cursor.execute("RESET statement_timeout")
