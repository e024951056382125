"""How fast visitors' pages are, as ratios to a bare view on the same server, in one run.

Run with `make benchmark-pages`. Every round asks each address a few times over one kept
connection, in turn, so that what else the machine does falls on all of them alike. The ratio is
the bare view's median time divided by the page's: 1 is as fast as the bare view, 0.5 half as fast.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks import shelf

ROUNDS, REPEATS = 60, 5
ROOT = Path(__file__).resolve().parent.parent
# A question that no list knows keeps a page out of the visitors' cache.
PAGES = {
    "bare view": "/bare/?fresh",
    "home": "/?fresh",
    "library, a new search": "/library/?q={new}",
    "topic": "/topics/collections/?fresh",
    "webinar": "/webinars/bench-1/?fresh",
    "list of webinars": "/webinars/?fresh",
    "directory of agencies": "/agencies/?fresh",
    "home, kept for visitors": "/",
    "library, a search kept for visitors": "/library/?q=collections",
    "webinar, kept for visitors": "/webinars/bench-1/",
}


def main() -> None:
    """Fill a database, serve it, measure and print a table."""
    with (
        shelf.filled() as address,
        _server(address) as port,
        closing(socket.create_connection(("127.0.0.1", port))) as line,
    ):
        stream = line.makefile("rb")
        times: dict[str, list[float]] = {name: [] for name in PAGES}
        searches = _spellings("collections")
        for _ in range(ROUNDS):
            for name, path in PAGES.items():
                for _ in range(REPEATS):
                    asked = path.format(new=next(searches)) if "{new}" in path else path
                    times[name].append(_ask(line, stream, asked))
    bare = median(times["bare view"])
    print(f"{'page':36}{'median ms':>12}{'bare / page':>14}")
    for name, taken in times.items():
        print(f"{name:36}{median(taken) * 1000:12.2f}{bare / median(taken):14.2f}")


def _spellings(word: str) -> Iterator[str]:
    """Yield the word in ever other capitals: the same search to Postgres, another to a cache."""
    return ("".join(letters) for letters in product(*((c, c.upper()) for c in word)))


def _ask(line: socket.socket, stream: object, path: str) -> float:
    """Ask for one page and return the seconds until its last byte."""
    started = time.perf_counter()
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    status = stream.readline()  # type: ignore[attr-defined]
    if b" 200 " not in status:
        raise SystemExit(f"{path} answered {status.decode().strip()}")
    length = 0
    while (header := stream.readline().strip().lower()) != b"":  # type: ignore[attr-defined]
        if header.startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    stream.read(length)  # type: ignore[attr-defined]
    return time.perf_counter() - started


@contextmanager
def _server(address: str) -> Iterator[int]:
    """Serve the filled database with the portal's own server and yield its port."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VISITOR_CACHE_SECONDS": "30",
    }
    command = [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "--worker-class", "gthread"]
    command += ["--workers", "1", "--threads", "2", "--bind", f"127.0.0.1:{port}"]
    with tempfile.TemporaryFile() as log:  # what a line of its log costs is part of every page
        process = subprocess.Popen(  # noqa: S603 our own server
            [*command, "--log-level", "warning"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main()
