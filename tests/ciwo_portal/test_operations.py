"""What docs/operations.md tells to type is typed: restoring, and working through PgBouncer."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from ciwo_portal.embedded import client_programs, free_port

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text()
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


def _typed(heading: str) -> list[str]:
    """Return the blocks of lines that a part of the guide tells to type."""
    part = re.split(r"\n##+ ", GUIDE.split(f"# {heading}\n")[1])[0]
    return [textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n)+", part, re.MULTILINE)]


def _server(name: str, user: str, password: str) -> str:
    database = settings.DATABASES["default"]
    return f"postgres://{user}:{password}@{database['HOST']}:{database['PORT']}/{name}"


@pytest.fixture
def admin() -> Iterator[psycopg.Connection]:
    """A line of the superuser's, and an ordinary role `ciwo_…` in the guide's place of `ciwo`."""
    database = settings.DATABASES["default"]
    address = _server("postgres", database["USER"], database["PASSWORD"])
    with psycopg.connect(address, autocommit=True) as line:
        yield line


@pytest.fixture
def role(admin: psycopg.Connection) -> Iterator[str]:
    """An ordinary role with a password of the same name; what it owns goes afterwards."""
    name = f"portal_{secrets.token_hex(4)}"
    admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
    yield name
    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.execute(f"DROP ROLE {name}")


def _type(lines: str, folder: Path, **environment: str) -> None:
    """Run the lines in a shell, as somebody does who has set these variables."""
    path = f"{client_programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {"PATH": path, "SECRET_KEY": "only-for-this-test", "MEDIA_ROOT": str(folder / "media")}
    done = subprocess.run(  # noqa: S602 that is what the guide tells
        f"set -eu\n{lines}",
        shell=True,
        cwd=folder,
        env=given | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which somebody who has installed the portal types, with one uploaded file."""
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "slides").write_text("kept")
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_backup_is_restored_by_a_role_that_is_no_superuser(folder: Path, role: str):
    database = settings.DATABASES["default"]
    superuser = (database["USER"], database["PASSWORD"])
    own = _server(role, role, role)
    back_up, restore, _withdraw = _typed("Backup and restore")
    connection.close()

    _type(back_up, folder, DATABASE_URL=_server(database["NAME"], *superuser))
    (folder / "media" / "slides").unlink()
    restore = restore.replace("ciwo ciwo\n", f"{role} {role}\n")
    _type(restore, folder, ADMIN_URL=_server("postgres", *superuser), DATABASE_URL=own)

    with psycopg.connect(own) as restored:
        tables = restored.execute(
            "SELECT count(*), bool_and(tableowner = %s) FROM pg_tables WHERE schemaname = 'public'",
            [role],
        ).fetchone()
    assert tables == (len(connection.introspection.table_names()), True)
    assert (folder / "media" / "slides").read_text() == "kept"


THROUGH_POOLER = """
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from accounts.models import User
call_command("check", databases=["default"], fail_level="WARNING")
User.objects.create(email="pat@example.org", name="Pat")
with transaction.atomic():
    held = User.objects.select_for_update().get()
print([person.name for person in User.objects.iterator(chunk_size=1)], held.name)
held.delete()
"""


@pytest.fixture
def pooler(role: str) -> Iterator[str]:
    """The address of PgBouncer in transaction mode, before the tests' database.

    The role behind it has the limits that the guide tells to set.
    """
    limits = _typed("PgBouncer")[0].replace("ROLE ciwo", f"ROLE {role}")
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; {limits}")
    database, port = settings.DATABASES["default"], free_port()
    place = f"host={database['HOST']} port={database['PORT']} dbname={database['NAME']}"
    address = f"postgres://{role}:{role}@127.0.0.1:{port}/pooled"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        Path(folder, "users").write_text(f'"{role}" "{role}"\n')
        Path(folder, "pgbouncer.ini").write_text(
            f"[databases]\npooled = {place} user={role} password={role}\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {folder}/users\npool_mode = transaction\n"
        )
        command = [str(PGBOUNCER), "-q", f"{folder}/pgbouncer.ini"]
        if os.geteuid() == 0:  # it refuses to be root
            command[:0] = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        with subprocess.Popen(command) as process:  # noqa: S603
            _wait_for(address, process)
            yield address
            process.terminate()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role}")


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(600):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            return


@pytest.mark.skipif(PGBOUNCER is None, reason="needs PgBouncer")
@pytest.mark.django_db(transaction=True)
def test_portal_works_through_a_pooler_in_transaction_mode(tmp_path: Path, role: str, pooler: str):
    (tmp_path / "portal.py").write_text(THROUGH_POOLER)

    _type(
        "python portal.py > said",
        tmp_path,
        DATABASE_URL=pooler,
        HAS_DATABASE_POOLER="true",
        DJANGO_SETTINGS_MODULE="ciwo_portal.settings",
        PYTHONPATH=str(ROOT),
    )

    assert (tmp_path / "said").read_text().splitlines()[-1] == "['Pat'] Pat"
