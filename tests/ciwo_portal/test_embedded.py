"""Real servers out of wheels: what they keep, and what they say when they cannot start."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import LiteralString

import psycopg
import pytest
import redis

from ciwo_portal.embedded import CannotStart, Servers

WITH_SERVERS = [sys.executable, "-m", "ciwo_portal.with_servers"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for servers; started by root they keep their data elsewhere, so ask them."""
    yield tmp_path / "state"
    with Servers(tmp_path / "state") as servers:
        kept = servers.folder
    rmtree(kept)


def _one(address: str, query: LiteralString) -> object:
    with psycopg.connect(address) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def test_servers_keep_what_was_stored(folder: Path):
    with Servers(folder) as servers:
        with psycopg.connect(servers.postgres()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with redis.Redis.from_url(servers.valkey()) as client:
            client.set("kept", "7")

    with Servers(folder) as servers:
        number = _one(servers.postgres(), "SELECT number FROM kept")
        with redis.Redis.from_url(servers.valkey()) as client:
            text = client.get("kept")

    assert (number, text) == (7, b"7")


def test_servers_stand_a_folder_of_any_name():
    with TemporaryDirectory(dir="/var/tmp") as top:
        Path(top).chmod(0o755)
        folder = Path(top) / """my 'portal' (1) & "more" $HOME `x` \\ # % é"""
        folder.mkdir()

        with Servers(folder, roots=folder) as servers:
            with psycopg.connect(servers.postgres()) as connection:
                kept = connection.execute("SHOW data_directory").fetchone()
            with redis.Redis.from_url(servers.valkey()) as client:
                folders = client.config_get("dir")

        assert kept == (str(servers.folder / "pgdata"),)
        assert folders == {"dir": str(servers.folder / "valkey")}
        assert folder in (servers.folder, servers.folder.parent)


def test_servers_want_their_password(folder: Path):
    with Servers(folder) as servers:
        stranger = servers.valkey().replace("redis://:", "redis://:not-")

        with redis.Redis.from_url(stranger) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_folder_serves_one_launcher_at_a_time(folder: Path):
    with Servers(folder) as servers, pytest.raises(CannotStart) as refusal:
        Servers(folder)

    assert str(refusal.value) == (
        f"The portal already runs from this folder (it holds {servers.folder / 'lock'}). "
        "Stop it first."
    )


def test_interrupted_first_start_is_begun_anew(folder: Path):
    with Servers(folder) as servers:
        (servers.folder / "pgdata-half").mkdir()
        (servers.folder / "pgdata-half" / "PG_VERSION").write_text("18\n")

        assert _one(servers.postgres(), "SELECT 1") == 1


def test_note_of_a_server_that_is_gone_is_dropped(folder: Path):
    with Servers(folder) as servers:
        servers.postgres()
        note = (servers.folder / "pgdata" / "postmaster.pid").read_text()
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    number = note.split()[0]

    with Servers(folder) as servers:
        (servers.folder / "pgdata" / "postmaster.pid").write_text(
            note.replace(number, str(gone.pid), 1)
        )
        assert _one(servers.postgres(), "SELECT 1") == 1


def test_server_that_outlived_its_launcher_is_ended(folder: Path):
    forgotten = Servers(folder)
    forgotten.postgres()
    # As if the launcher had died: the kernel lets go of its lock, the server goes on.
    forgotten._lock.close()  # noqa: SLF001 no honest way leads here

    with Servers(folder) as servers:
        assert _one(servers.postgres(), "SELECT 1") == 1
    forgotten.stop()


def test_broken_data_is_said_in_one_line(folder: Path):
    with Servers(folder) as servers:
        (servers.folder / "pgdata").mkdir()
        (servers.folder / "password").write_text("secret")
        with pytest.raises(CannotStart) as refusal:
            servers.postgres()

    said = str(refusal.value)
    assert said.startswith("postgres did not start: ")
    assert "\n" not in said


def test_command_runs_beside_servers_and_gives_its_exit_code():
    command = "import os, sys; print(os.environ['DATABASE_URL'][:16]); sys.exit(3)"

    done = subprocess.run(  # noqa: S603 our own command
        [*WITH_SERVERS, sys.executable, "-c", command],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (3, "postgres://ciwo:\n", "")
