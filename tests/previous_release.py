"""What the release before this one writes: the columns of every table, and the demonstration.

`make record-release` writes it anew when a release is made. tests/test_migrations.py runs its
INSERTs against the tables of today: the old code still serves while they are migrated, and after.
"""

import gzip
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ciwo_portal.embedded import client_programs

RECORD = Path(__file__).parent / "previous_release.json.gz"
_STATEMENT = re.compile(r"^INSERT INTO .*?\);$", re.MULTILINE | re.DOTALL)
# Written by migrate itself, on each release anew.
OF_MIGRATE = ("django_migrations", "django_content_type", "auth_permission")
_COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY column_name)
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Release:
    """A release's migrations, the columns of each table, and INSERT statements with all of them."""

    migrations: list[list[str]]  # app and name
    columns: dict[str, list[str]]
    inserts: list[str]


def read() -> Release:
    """Return what the release before this one writes."""
    return Release(**json.loads(gzip.decompress(RECORD.read_bytes())))


def record(address: str) -> Release:
    """Return what this release writes, from a database that holds the demonstration."""
    with psycopg.connect(address) as connection:
        columns: dict[str, list[str]] = dict(connection.execute(_COLUMNS).fetchall())
        applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
        known = [[*row] for row in applied]
    dump = [str(client_programs() / "pg_dump"), "--data-only", "--column-inserts", address]
    excluded = [f"--exclude-table={name}" for name in OF_MIGRATE]
    done = subprocess.run([*dump, *excluded], capture_output=True, text=True, check=True)  # noqa: S603
    return Release(known, columns, _STATEMENT.findall(done.stdout))


if __name__ == "__main__":
    environment = {**os.environ, "HAS_DEMO_DATA": "true"}
    subprocess.run([sys.executable, "manage.py", "prepare"], env=environment, check=True)
    written = json.dumps(vars(record(os.environ["DATABASE_URL"]))).encode()
    RECORD.write_bytes(gzip.compress(written, mtime=0))
