"""Runs shell lines side by side until one ends or a signal comes, and then ends all of them.

The first signal asks every command to finish what it has begun; the second does not wait for that.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ciwo_portal.embedded import die_with_parent

PATIENCE = 90  # seconds to finish in; gunicorn itself gives a request 30
GLANCE = 0.1  # seconds between two looks whether all still run
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, `kill`, a closed terminal


def stop_on_signals() -> None:
    """End this process through its `with` blocks on the first signal; ignore the later ones."""

    def stop(number: int, _frame: object) -> NoReturn:
        for other in _STOPPING:
            signal.signal(other, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in _heeded():
        signal.signal(number, stop)


def say(text: str) -> None:
    """Print a line, unless the terminal is gone."""
    try:
        print(text, flush=True)  # noqa: T201 the person who started it reads this
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Commands:
    """Commands that run in one folder with the same environment."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._readers: list[threading.Thread] = []
        self._asked_at: list[float] = []  # to stop; at most twice
        for number in _heeded():
            signal.signal(number, self._ask)

    def start(self, name: str, line: str) -> None:
        """Start a shell line; only we get the terminal's signals, so that we decide who ends."""
        self._running[name] = subprocess.Popen(  # noqa: S603 lines of ours
            ["/bin/sh", "-c", line],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 no threads run yet
        )

    def wait(self) -> int:
        """Repeat what the commands say until all are gone; return 0 if a signal ended them."""
        for name in self._running:
            reader = threading.Thread(target=self._repeat, args=(name,), daemon=True)
            reader.start()
            self._readers.append(reader)
        while not self._asked_at and len(self._left()) == len(self._running):
            time.sleep(GLANCE)
        was_asked = bool(self._asked_at)
        for name in self._running.keys() - self._left():
            _say_of(name, f"ended by itself with exit code {self._running[name].returncode}")
        self._end()
        return 0 if was_asked else 1

    def _ask(self, *_: object) -> None:
        """Note that we were asked to stop; a closed terminal says so several times at once."""
        if not self._asked_at or time.monotonic() - self._asked_at[0] > 1:
            self._asked_at.append(time.monotonic())

    def _left(self) -> list[str]:
        return [name for name, process in self._running.items() if process.poll() is None]

    def _end(self) -> None:
        """Ask the commands to end, but not their children: those finish their work and are told."""
        asked, deadline = len(self._asked_at), time.monotonic() + PATIENCE
        for name in self._left():
            self._running[name].terminate()
        while self._left() and len(self._asked_at) <= asked and time.monotonic() < deadline:
            time.sleep(GLANCE)
        for name in self._left():
            _say_of(name, "does not wait for what it was doing")
        for process in self._running.values():
            with suppress(ProcessLookupError):  # what is left of its session
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for reader in self._readers:
            reader.join(timeout=5)

    def _repeat(self, name: str) -> None:
        output = self._running[name].stdout
        for line in output or ():
            _say_of(name, line.rstrip())


def _say_of(name: str, text: str) -> None:
    if text:
        say(f"{time.strftime('%H:%M:%S')} {name:6} | {text}")


def _heeded() -> list[signal.Signals]:
    """Return the signals that stop us: not the closed terminal for somebody who said `nohup`."""
    is_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return [number for number in _STOPPING if number != signal.SIGHUP or not is_nohup]
