"""`make run` with its real processes: what it starts, what it keeps, and that it leaves nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest

from ciwo_portal.demo_logins import LOGINS, PASSWORD
from ciwo_portal.embedded import Servers, free_port

SERVE = [sys.executable, "-m", "ciwo_portal.serve"]
WITHIN = 120  # seconds
KEEP = (
    b"INSERT INTO library_topic (slug, name, description, source_text, position)"
    b" VALUES ('kept', 'Kept', '', '', 99) RETURNING 1"
)
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes left over in /proc"
)


def _hear_ctrl_c() -> None:
    """Let Ctrl-C reach the portal even where the tests run in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Launcher:
    """`make run` in a folder of its own, as a process that can be interrupted or killed."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        with Servers(state) as servers:
            self.data = servers.folder  # root's servers keep theirs elsewhere
        self.process: subprocess.Popen[str] | None = None

    def environment(self) -> dict[str, str]:
        """Return the circumstances of somebody who has set nothing but a folder and a port."""
        return {"PATH": os.defpath, "STATE_DIR": str(self.state), "PORT": str(self.port)}

    def start(self) -> list[str]:
        """Start it, and return the lines until it says that it is ready."""
        with (self.state / "output").open("w") as output:
            self.process = subprocess.Popen(  # noqa: S603 our own command
                SERVE,
                env=self.environment(),
                stdout=output,
                stderr=output,
                text=True,
                preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 it only asks the kernel
            )
        for _attempt in range(WITHIN * 4):
            said = (self.state / "output").read_text()
            if "Ctrl-C stops everything" in said or self.process.poll() is not None:
                break
            time.sleep(0.25)
        return said.splitlines()

    def end(self, how: int) -> int:
        """Send it a signal and return its exit code once it and all its processes are gone."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(timeout=40)
        for _attempt in range(80):
            if not self.left():
                break
            time.sleep(0.25)
        return code

    def left(self) -> list[str]:
        """Return how the processes that work in our folders were started."""
        ours = (str(self.state).encode(), str(self.data).encode())
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                told = command + (folder / "environ").read_bytes()
                if command and any(name in told for name in ours):
                    found.append(command.replace(b"\0", b" ").decode())
        return found

    def get(self, path: str) -> str:
        """Return what a page says."""
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())

    def query(self, words: bytes) -> list[tuple[object, ...]]:
        """Ask its database."""
        note = (self.data / "pgdata" / "postmaster.pid").read_text().splitlines()
        password = (self.data / "password").read_text()
        address = f"postgres://ciwo:{password}@127.0.0.1:{note[3]}/ciwo"
        with psycopg.connect(address) as connection:
            return connection.execute(words).fetchall()


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    """A launcher in an empty folder, whose processes and data are removed afterwards."""
    (tmp_path / "state").mkdir()
    made = Launcher(tmp_path / "state")
    yield made
    if made.process and made.process.poll() is None:
        made.end(signal.SIGINT)
    rmtree(made.data, ignore_errors=True)


def _refusal(environment: dict[str, str]) -> tuple[int, str, str]:
    done = subprocess.run(  # noqa: S603 our own command
        SERVE, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_portal_starts_survives_a_kill_and_leaves_nothing(launcher: Launcher):
    said = launcher.start()
    assert json.loads(launcher.get("/readyz")) == dict.fromkeys(
        ("database", "writing", "files", "broker", "worker", "beat"), True
    )
    for line in (PASSWORD, *(login.email for login in LOGINS)):
        assert any(line in words for words in said)
    demo = launcher.query(b"SELECT count(*) FROM accounts_user")
    launcher.query(KEEP)
    code, out, error = _refusal(launcher.environment())
    assert (code, out, error.count("\n")) == (1, "", 1)
    assert error.startswith("error: The portal already runs from this folder")

    assert launcher.end(signal.SIGKILL) == -signal.SIGKILL
    assert launcher.left() == []
    launcher.start()

    assert launcher.query(b"SELECT name FROM library_topic WHERE slug = 'kept'") == [("Kept",)]
    assert launcher.query(b"SELECT count(*) FROM accounts_user") == demo
    assert launcher.end(signal.SIGINT) in (0, 130)
    assert launcher.left() == []


def test_ctrl_c_while_it_prepares_leaves_nothing(launcher: Launcher):
    launcher.process = subprocess.Popen(  # noqa: S603 our own command
        SERVE,
        env=launcher.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 it only asks the kernel
    )
    while not any("manage.py prepare" in command for command in launcher.left()):
        time.sleep(0.05)

    code = launcher.end(signal.SIGINT)

    assert launcher.process.stdout is not None
    with launcher.process.stdout as output:
        assert (code, output.read(), launcher.left()) == (130, "", [])


def test_taken_port_is_said_in_one_line(launcher: Launcher):
    with socket.create_server(("127.0.0.1", launcher.port)):
        refusal = _refusal(launcher.environment())

    other = launcher.port + 1
    assert refusal == (
        1,
        "",
        f"error: Port {launcher.port} is taken. Choose another one: make run PORT={other}\n",
    )


def test_senseless_port_is_said_in_one_line(launcher: Launcher):
    refusal = _refusal(launcher.environment() | {"PORT": "http"})

    assert refusal == (1, "", "error: PORT must be a number between 1 and 65535, not 'http'.\n")


def test_folder_that_cannot_be_written_is_said_in_one_line(launcher: Launcher):
    folder = "/proc/portal"  # not even root may make it

    refusal = _refusal(launcher.environment() | {"STATE_DIR": folder})

    reason = f"Cannot write to {folder} (No such file or directory)"
    assert refusal == (1, "", f"error: {reason}. Use a copy that you may write to.\n")
