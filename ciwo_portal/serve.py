"""`make run`: the whole portal on this machine, with the real programme and demo data.

Starts what is not given (Postgres, Valkey, a mail catcher), brings the database up to date, and
runs web, worker and beat from the Procfile under one supervisor. Ends everything it started.
"""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from honcho import environ
from honcho.manager import Manager
from honcho.process import Popen, Process

from ciwo_portal.demo_logins import LOGINS, PASSWORD
from ciwo_portal.embedded import CannotStart, Servers, die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 120  # seconds
SETUP = (
    ("migrate", "--verbosity", "0"),
    ("collectstatic", "--noinput", "--verbosity", "0"),
    ("import_agencies",),
    ("import_programme",),
    ("load_demo",),
)


class _TiedPopen(Popen):  # type: ignore[misc] # honcho has no types
    """A process that ends with the one that started it."""

    def __init__(self, cmd: str, **kwargs: Any) -> None:
        super().__init__(cmd, preexec_fn=die_with_parent, **kwargs)


class _TiedProcess(Process):  # type: ignore[misc] # honcho has no types
    """honcho's process, which does not outlive a launcher that was killed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._child_ctor = _TiedPopen

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Run the command; when the launcher is gone, end it and then ourselves."""
        launcher = os.getppid()

        def watch() -> None:
            while os.getppid() == launcher:
                time.sleep(0.5)
            os._exit(1)  # the command is tied to us and ends too

        threading.Thread(target=watch, daemon=True).start()
        super().run(events, ignore_signals)


def main() -> int:
    """Start the portal and return its exit code."""
    state = _state_folder()
    port = int(os.environ.get("PORT", "8000"))
    _check_port(port)
    with Servers(state) as servers:
        environment = _environment(servers, state, port)
        for command in SETUP:
            _manage(command, environment)
        manager = Manager()
        manager._process_ctor = _TiedProcess  # noqa: SLF001 honcho names no other way
        for name, line in _commands(state, environment).items():
            manager.add_process(name, line, env=environment, cwd=str(ROOT))
        threading.Thread(target=_greet, args=(port, state), daemon=True).start()
        manager.loop()
        return 0 if manager.returncode in (0, 130, 143) else 1


def _state_folder() -> Path:
    folder = ROOT / ".run"
    try:
        folder.mkdir(exist_ok=True)
        (folder / "started").touch()
    except OSError as fault:
        raise CannotStart(
            f"Cannot write to {folder} ({fault.strerror}). Use a copy that you may write to."
        ) from None
    return folder


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CannotStart(
                f"Port {port} is taken. Choose another one: make run PORT={port + 1}"
            ) from None


def _environment(servers: Servers, state: Path, port: int) -> dict[str, str]:
    """Return the settings of all processes, with servers started where none is given."""
    environment = {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": _secret_key(state),
        "HAS_DEMO_DATA": "true",
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        "BEAT_SCHEDULE": str(state / "celerybeat-schedule"),
        "PYTHONUNBUFFERED": "1",
    } | dict(os.environ)
    environment["PORT"] = str(port)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = servers.postgres()
    if not environment.get("REDIS_URL"):
        environment["REDIS_URL"] = servers.valkey()
    if not environment.get("EMAIL_URL"):
        environment["MAIL_PORT"] = str(free_port())
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{environment['MAIL_PORT']}"
    return environment


def _secret_key(state: Path) -> str:
    """Return this folder's own key, made on the first start."""
    kept = state / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text()


def _manage(command: tuple[str, ...], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 our own command line
        [sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=False
    )
    if done.returncode:
        raise CannotStart(f"`manage.py {' '.join(command)}` failed; its message stands above.")


def _commands(state: Path, environment: dict[str, str]) -> dict[str, str]:
    commands = dict(environ.parse_procfile((ROOT / "Procfile").read_text()).processes)
    if "MAIL_PORT" in environment:
        commands["mail"] = f"exec python -m ciwo_portal.mail_catcher {state / 'mail'}"
    return commands


def _greet(port: int, state: Path) -> None:
    """Wait until everything is ready, then say where it is and who may sign in."""
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + READY_WITHIN
    while not _is_ready(f"{address}/readyz"):
        if time.monotonic() > deadline:
            print(f"Not ready after {READY_WITHIN} s: {address}/readyz says why.", flush=True)  # noqa: T201
            return
        time.sleep(0.5)
    width = max(len(login.role) for login in LOGINS)
    lines = [f"  {login.role:{width}}  {login.email}" for login in LOGINS]
    print(  # noqa: T201 this is what the person who started it waits for
        f"\nThe portal is ready: {address}/\n\nDemo sign-ins, all with the password {PASSWORD}\n"
        + "\n".join(lines)
        + f"\n\nMail is not sent but kept in {state / 'mail'}. Ctrl-C stops everything.\n",
        flush=True,
    )


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 our own address
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        sys.exit(f"error: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)
