"""The processes around a measurement: mail server, workers and the portal's own web server."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ciwo_portal.embedded import die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent


def start(*command: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start one of the portal's programs; it ends with us."""
    return subprocess.Popen(  # noqa: S603 our own programs
        [sys.executable, *command],
        env=os.environ | environment,
        cwd=ROOT,
        preexec_fn=die_with_parent,  # noqa: PLW1509 it only asks the kernel
    )


@dataclass
class Sink:
    """A running mail server and the file in which it notes what it accepted."""

    port: int
    path: Path

    def lines(self) -> list[list[str]]:
        """Return time, recipient and Message-ID of everything that it accepted."""
        return [line.split() for line in self.path.read_text().splitlines()]

    def accepted(self) -> int:
        """Return how many messages it accepted."""
        return len(self.lines())

    def by_message_id(self) -> Counter[str]:
        """Return how often each Message-ID arrived."""
        return Counter(line[2] for line in self.lines())


@contextmanager
def mail_sink(path: Path, port: int = 0) -> Iterator[Sink]:
    """Run the mail server."""
    port = port or free_port()
    path.touch()
    process = start("-m", "benchmarks.mail_sink", str(port), str(path))
    try:
        wait_for(port)
        yield Sink(port, path)
    finally:
        process.terminate()
        process.wait(timeout=15)


def wait_for(port: int) -> None:
    """Wait until somebody listens on the port."""
    for _ in range(200):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not come up")
