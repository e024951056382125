"""Migrations run while the old code serves: what they add, how long they wait, what they leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED
from django.db.models.signals import pre_migrate
from django_migration_linter import MigrationLinter

from tests import previous_release
from tests.test_architecture import HEIGHT


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """All migrations as they stand in the files."""
    return MigrationLoader(None)


def _added_later(loader: MigrationLoader) -> Iterator[tuple[str, str, str]]:
    """Yield app, model and name of the fields that were added to a table that was there."""
    for (app, _name), migration in loader.disk_migrations.items():
        operations = migration.operations if app in HEIGHT else []
        made = {o.name_lower for o in operations if isinstance(o, migrations.CreateModel)}
        for o in operations:
            if isinstance(o, migrations.AddField) and o.model_name_lower not in made:
                yield app, o.model_name_lower, o.name


def test_column_added_later_is_filled_by_the_database(loader: MigrationLoader):
    state = loader.project_state()
    added = list(_added_later(loader))

    fields = {
        (app, model, name): state.models[app, model].fields[name]
        for app, model, name in added
        if (app, model) in state.models and name in state.models[app, model].fields
    }

    assert len(fields) > 30
    assert [
        place
        for place, field in fields.items()
        if not (field.null or isinstance(field, models.ManyToManyField | models.GeneratedField))
        and field.db_default is NOT_PROVIDED
    ] == []


@pytest.mark.django_db(transaction=True)  # indexes are made outside of one
def test_migrations_do_not_break_the_release_before_them(loader: MigrationLoader):
    linter = MigrationLinter(no_cache=True)  # says why on its output
    known = {(app, name) for app, name in previous_release.read().migrations}
    breaking = set()

    for place in loader.disk_migrations.keys() - known:
        linter.reset_counters()
        linter.lint_migration(loader.disk_migrations[place])
        if linter.has_errors:
            breaking.add(place)

    assert breaking == set()


def test_release_before_writes_into_the_tables_of_today():
    release = previous_release.read()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in reversed(release.columns):
            if table not in previous_release.OF_MIGRATE:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 names of our tables
        for statement in release.inserts:
            cursor.execute(statement.replace("%", "%%"), [])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_release_before_can_fill_every_table_of_today():
    release = previous_release.read()

    missing = {
        (table, column)
        for table, column, needed in _columns()
        if table in release.columns and column not in release.columns[table] and needed
    }
    there = {(table, column) for table, column, _needed in _columns()}
    gone = {(table, one) for table, known in release.columns.items() for one in known} - there

    assert (missing, gone) == (set(), set())


def _columns() -> list[tuple[str, str, bool]]:
    """Return every column of today, and whether an INSERT has to name it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name::text, column_name::text, is_nullable = 'NO' AND is_identity = 'NO'"
            " AND is_generated = 'NEVER' AND column_default IS NULL"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
        return list(cursor.fetchall())


def _limits() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        found = cursor.fetchone()
        cursor.execute("SHOW statement_timeout")
        return [*found, *cursor.fetchone()]


@contextmanager
def _while_migrating(act: Any) -> Iterator[None]:
    pre_migrate.connect(act, sender=None)
    try:
        yield
    finally:
        pre_migrate.disconnect(act, sender=None)


def test_migrate_has_limits_of_its_own():
    met = []

    def look(**_: Any) -> None:
        met.append(_limits())

    before = _limits()
    with _while_migrating(look):
        call_command("migrate", verbosity=0)

    assert (before, met[0], _limits()) == (["5s", "15s"], ["2s", "1h"], ["5s", "15s"])


def test_migrate_does_not_wait_long_behind_others():
    def take(**_: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE library_topic")

    assert isinstance(connection.connection, psycopg.Connection)
    dsn, password = connection.connection.info.dsn, connection.settings_dict["PASSWORD"]

    with psycopg.connect(dsn, password=password) as other:
        other.execute("LOCK TABLE library_topic")
        with _while_migrating(take), pytest.raises(CommandError, match="Somebody held a table"):
            call_command("migrate", verbosity=0)
