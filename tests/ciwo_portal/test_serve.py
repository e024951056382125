"""`make run` with its real processes: what it starts, what it keeps, and that it leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree, which

import psycopg
import pytest

from ciwo_portal.demo_logins import LOGINS, PASSWORD
from ciwo_portal.embedded import Servers, free_port

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-m", "ciwo_portal.serve"]
MAKE = which("make") or "make"
WITHIN = 600  # seconds for anything: only a portal that hangs needs so many
NEVER_COPIED = (".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split()))
# What no stop may print; Celery's worker says that it finishes what it has begun.
FAULTS = ("Traceback", "Error", "ERROR", "CRITICAL", "Lost", "does not wait", "ended by itself")
KEEP = (
    b"INSERT INTO library_topic (slug, name, description, source_text, position)"
    b" VALUES ('kept', 'Kept', '', '', 99) RETURNING 1"
)
pytestmark = [
    pytest.mark.timeout(3 * WITHIN),
    pytest.mark.skipif(
        not Path("/proc/self/environ").exists(), reason="looks for processes left over in /proc"
    ),
]


def _hear_signals() -> None:
    """Let signals reach the portal even where the tests themselves ignore some (nohup, `&`)."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Launcher:
    """`make run` in a folder of its own, as a process that can be interrupted or killed."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        with Servers(state) as servers:
            self.data = servers.folder  # root's servers keep theirs elsewhere
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> list[str]:
        """What it has printed so far."""
        return (self.state / "output").read_text().splitlines()

    def environment(self) -> dict[str, str]:
        """Return the circumstances of somebody who has set nothing but a folder and a port."""
        return {"PATH": os.defpath, "STATE_DIR": str(self.state), "PORT": str(self.port)}

    def start(self, command: list[str], folder: Path = ROOT, **settings: str) -> None:
        """Start it in a folder, as a terminal does, and wait until it says that it is ready."""
        with (self.state / "output").open("w") as output:
            self.process = process = subprocess.Popen(  # noqa: S603 our own command
                command,
                cwd=folder,
                env=self.environment() | settings,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_hear_signals,  # noqa: PLW1509 it only asks the kernel
            )
        wait_until(lambda: _is_ready(self.said) or process.poll() is not None)
        assert _is_ready(self.said), self.said

    def end(self, how: int) -> int:
        """Send it a signal as a terminal does, and return its exit code once all are gone."""
        assert self.process is not None
        os.killpg(self.process.pid, how)
        code = self.process.wait(timeout=WITHIN)
        wait_until(lambda: not self.left())
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
        with urllib.request.urlopen(address, timeout=WITHIN) as answer:
            return str(answer.read().decode())

    def query(self, words: bytes) -> list[tuple[object, ...]]:
        """Ask its database."""
        note = (self.data / "pgdata" / "postmaster.pid").read_text().splitlines()
        password = (self.data / "password").read_text()
        address = f"postgres://ciwo:{password}@127.0.0.1:{note[3]}/ciwo"
        with psycopg.connect(address) as connection:
            return connection.execute(words).fetchall()


def wait_until(happens: Callable[[], bool]) -> None:
    """Wait for a fact, however slow the machine is."""
    deadline = time.monotonic() + WITHIN
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def _is_ready(said: list[str]) -> bool:
    return any("Ctrl-C stops everything" in line for line in said)


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """A copy of the portal that was renamed after it had been installed."""
    folder = tmp_path / "portal"
    copytree(ROOT, folder, ignore=ignore_patterns(*NEVER_COPIED))
    if (ROOT / ".tools" / ".installed").exists():  # what a first `make run` makes, without waiting
        (folder / ".tools").symlink_to(ROOT / ".tools")
    subprocess.run([MAKE, ".venv/.installed"], cwd=folder, check=True)  # noqa: S603 our own Makefile
    return folder.rename(tmp_path / "my portal (1) & 'co'")


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
        SERVE, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN
    )
    return done.returncode, done.stdout, done.stderr


def test_portal_starts_survives_a_kill_and_leaves_nothing(launcher: Launcher, renamed: Path):
    launcher.start([MAKE, "run"], renamed)
    assert launcher.get("/healthz") == "ok\n"
    greeted = f"The portal is ready: http://localhost:{launcher.port}/"
    for line in (greeted, PASSWORD, *(login.email for login in LOGINS)):
        assert any(line in words for words in launcher.said)
    demo = launcher.query(b"SELECT count(*) FROM accounts_user")
    launcher.query(KEEP)
    code, out, error = _refusal(launcher.environment())
    assert (code, out, error.count("\n")) == (1, "", 1)
    assert error.startswith("error: The portal already runs from this folder")

    assert launcher.end(signal.SIGKILL) == -signal.SIGKILL
    launcher.start(SERVE, HAS_DEMO_DATA="off")

    assert not any(PASSWORD in line for line in launcher.said)
    assert launcher.query(b"SELECT name FROM library_topic WHERE slug = 'kept'") == [("Kept",)]
    assert launcher.query(b"SELECT count(*) FROM accounts_user") == demo
    assert launcher.end(signal.SIGINT) == 0
    assert [line for line in launcher.said if any(fault in line for fault in FAULTS)] == []


def test_ctrl_c_while_it_prepares_leaves_nothing(launcher: Launcher):
    with (launcher.state / "output").open("w") as output:
        launcher.process = subprocess.Popen(  # noqa: S603 our own command
            SERVE,
            env=launcher.environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_hear_signals,  # noqa: PLW1509 it only asks the kernel
        )
    wait_until(lambda: any("manage.py prepare" in command for command in launcher.left()))

    code = launcher.end(signal.SIGINT)

    assert (code, launcher.said) == (130, [])


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
