"""`make run`: the whole portal on this machine, with the real programme and demo data.

Starts what is not given (Postgres, Valkey, a mail catcher), brings the database up to date, and
runs web, worker and beat from the Procfile under one supervisor. Ends everything it started.
"""

import errno
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from ciwo_portal import supervisor, switches
from ciwo_portal.demo_logins import LOGINS, PASSWORD
from ciwo_portal.embedded import CannotStart, Servers, die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 120  # seconds until it says what it waits for


def main() -> int:
    """Start the portal and return its exit code: 0 if somebody stopped it."""
    supervisor.stop_on_signals()
    state = _state_folder()
    with Servers(state) as servers:
        environment = _environment(servers, state, _port())
        _prepare(environment)
        commands = supervisor.Commands(environment, ROOT)
        for name, line in _lines(environment).items():
            commands.start(name, line)
        threading.Thread(target=_greet, args=(environment,), daemon=True).start()
        return commands.wait()


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
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        _probe(family, address, port)
    return port


def _probe(family: socket.AddressFamily, address: str, port: int) -> None:
    """Refuse a port that somebody has: `localhost` is both addresses to a browser."""
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except PermissionError:
        raise CannotStart(f"Port {port} is for root only. Use one from 1024 on.") from None
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:  # not: a machine without IPv6
            other = port + 1 if port < 65535 else 8000
            raise CannotStart(
                f"Port {port} is taken. Choose another one: make run PORT={other}"
            ) from None


def _environment(servers: Servers, state: Path, port: int) -> dict[str, str]:
    """Return the settings of all processes, with servers started where none is given."""
    environment = {
        "SITE_URL": f"http://localhost:{port}",  # browsers refuse passkeys at a bare number
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
        environment["MAIL_FOLDER"] = str(state / "mail")
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


def _lines(environment: dict[str, str]) -> dict[str, str]:
    """Return the shell lines to run, by name; folders reach them as variables only."""
    listed = (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    lines = {name: line for name, _colon, line in listed}
    if "MAIL_PORT" in environment:
        lines["mail"] = "exec python -m ciwo_portal.mail_catcher"
    return lines


def _greet(environment: dict[str, str]) -> None:
    """Wait until everything is ready, then say where it is and who may sign in."""
    asked = f"http://127.0.0.1:{environment['PORT']}/readyz"
    started, is_told = time.monotonic(), False
    while not _is_ready(asked):
        if not is_told and time.monotonic() - started > READY_WITHIN:
            supervisor.say(f"Not ready after {READY_WITHIN} s: {asked} says why. Still waiting.")
            is_told = True
        time.sleep(0.5)
    mail = "Mail is sent by the server that EMAIL_URL names."
    if "MAIL_FOLDER" in environment:
        mail = f"Mail is not sent but kept in {environment['MAIL_FOLDER']}."
    supervisor.say(
        f"\nThe portal is ready: {environment['SITE_URL']}/\n\n"
        f"{_who_signs_in(environment)}\n\n{mail} Ctrl-C stops everything.\n"
    )


def _who_signs_in(environment: dict[str, str]) -> str:
    has_demo = switches.WORDS.get(environment["HAS_DEMO_DATA"].strip().lower(), False)
    if not (has_demo and switches.is_loopback(switches.host_of(environment["SITE_URL"]))):
        return "There are no demo sign-ins: whoever wants in signs up."
    width = max(len(login.role) for login in LOGINS)
    lines = [f"  {login.role:{width}}  {login.email}" for login in LOGINS]
    return "\n".join([f"Demo sign-ins, all with the password {PASSWORD}", *lines])


def _is_ready(address: str) -> bool:
    # A proxy that the machine has for the world does not lead to our own address.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        sys.exit(f"error: {reason}")
