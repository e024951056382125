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
    with Servers(state) as servers:
        port = _port()
        environment = _environment(servers, state, port)
        _prepare(environment)
        manager = Manager()
        manager._process_ctor = _TiedProcess  # noqa: SLF001 honcho names no other way
        for name, line in _commands(state, environment).items():
            manager.add_process(name, line, env=environment, cwd=str(ROOT))
        threading.Thread(target=_greet, args=(port, state), daemon=True).start()
        manager.loop()
        return 0 if manager.returncode in (0, 130, 143) else 1


def _state_folder() -> Path:
    """Return the folder that keeps everything between two runs: .run, or what STATE_DIR says."""
    folder = Path(os.environ.get("STATE_DIR") or ROOT / ".run").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "started").touch()
    except OSError as fault:
        raise CannotStart(
            f"Cannot write to {folder} ({fault.strerror}). Use a copy that you may write to."
        ) from None
    return folder


def _port() -> int:
    """Return the port to listen on, once it is sure that nobody else does."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT must be a number between 1 and 65535, not {given!r}.")
    port = int(given)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"Port {port} is for root only. Use one from 1024 on.") from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise CannotStart(
                f"Port {port} is taken. Choose another one: make run PORT={other}"
            ) from None
    return port


def _environment(servers: Servers, state: Path, port: int) -> dict[str, str]:
    """Return the settings of all processes, with servers started where none is given."""
    environment = {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": _secret_key(state),
        "HAS_DEMO_DATA": "true",
        "STATIC_STORAGE": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        "STATIC_ROOT": str(state / "static"),
        "MEDIA_ROOT": str(state / "media"),
        "BEAT_SCHEDULE": str(state / "celerybeat-schedule"),
        "PROMETHEUS_MULTIPROC_DIR": str(_emptied(state / "figures")),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:::celery.platforms",  # it says not to run as root
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


def _emptied(folder: Path) -> Path:
    """Return the folder, there and empty: the figures in it are those of processes now gone."""
    folder.mkdir(exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    return folder


def _secret_key(state: Path) -> str:
    """Return this folder's own key, made on the first start."""
    kept = state / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text()


def _prepare(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--skip-checks"],
        env=environment,
        cwd=ROOT,
        check=False,
        start_new_session=True,  # Ctrl-C is ours alone to answer
        preexec_fn=die_with_parent,
    )
    if done.returncode:
        raise CannotStart("`manage.py prepare` failed; its message stands above.")


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
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # nosec B310 our own
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
