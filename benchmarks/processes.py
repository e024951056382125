"""The processes around a measurement: mail server, workers and the portal's own web server."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from ciwo_portal.embedded import die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
Process = subprocess.Popen[bytes]


def start(*command: str, **environment: str) -> Process:
    """Start one of the portal's programs on our database; it ends with us."""
    return _start([sys.executable, *command], environment)


def start_line(line: str, **environment: str) -> Process:
    """Start a line of the Procfile, as the supervisor would."""
    return _start(["/bin/sh", "-c", line], environment)


def _start(command: list[str], environment: dict[str, str]) -> Process:
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ours = {"DATABASE_URL": database_url(), "PATH": programs}
    return subprocess.Popen(  # noqa: S603 our own programs
        command,
        env=os.environ | ours | environment,
        cwd=ROOT,
        preexec_fn=die_with_parent,  # noqa: PLW1509 it only asks the kernel
    )


def database_url() -> str:
    """Return the address of the database that we ourselves use."""
    at = connection.settings_dict
    login = f"{quote(at['USER'])}:{quote(at['PASSWORD'])}"
    return f"postgres://{login}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@dataclass
class Sink:
    """A mail server and the file in which it notes what it accepted."""

    port: int
    path: Path
    pause: float = 0.0
    process: Process | None = None

    def lines(self) -> list[tuple[float, str, str]]:
        """Return time, recipient and Message-ID of everything that it accepted."""
        rows = [line.split() for line in self.path.read_text().splitlines()]
        return [(float(moment), address, name) for moment, address, name in rows]

    def by_message_id(self) -> Counter[str]:
        """Return how often each Message-ID arrived."""
        return Counter(name for _, _, name in self.lines())

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the server."""
        arguments = (str(self.port), str(self.path), str(self.pause))
        self.process = process = start("-m", "benchmarks.mail_sink", *arguments)
        try:
            wait_for_port(self.port)
            yield
        finally:
            process.terminate()
            process.wait(timeout=15)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Let the server say nothing meanwhile: whoever sends waits with a message on the wire."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def make_sink(folder: Path, pause: float = 0.0) -> Sink:
    """Return a mail server that keeps its notes in the folder; it is not running yet."""
    path = folder / "accepted"
    path.touch()
    return Sink(free_port(), path, pause)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens on the port."""

    def is_open() -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(is_open)


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so, and fail when it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.005)
