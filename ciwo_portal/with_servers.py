"""Run one command beside servers of its own, and remove them afterwards.

    python -m ciwo_portal.with_servers pytest

An address that is set already (DATABASE_URL, REDIS_URL) is used as it is.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ciwo_portal.embedded import CannotStart, Servers, die_with_parent

# The tests' own circumstances; what the caller has set stays.
DEFAULTS = {
    "STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "VISITOR_CACHE_SECONDS": "0",
}


def run(command: list[str]) -> int:
    """Run the command and return its exit code."""
    environment = DEFAULTS | {"SECRET_KEY": secrets.token_hex(32)} | dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="ciwo-"))
    with Servers(folder, durable=False) as servers:
        try:
            if not environment.get("DATABASE_URL"):
                environment["DATABASE_URL"] = servers.postgres()
            if not environment.get("REDIS_URL"):
                environment["REDIS_URL"] = servers.valkey()
            child = subprocess.Popen(  # noqa: S603 the caller's own command
                command,
                env=environment,
                preexec_fn=die_with_parent,  # noqa: PLW1509 no threads
            )
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            return _wait(child)
        finally:
            servers.stop()
            shutil.rmtree(servers.folder, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the child; Ctrl-C reaches it too, so it ends by itself."""
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except CannotStart as reason:
        sys.exit(f"error: {reason}")
