"""Look into a file in a process of its own, within bounds of time and memory.

A file that makes a reader of PDFs or pictures run wild ends that process and nothing else.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

MOST_SECONDS = 10  # on a machine that does other things, too; looking.py allows itself 3 of work
_SCRIPT = Path(__file__).with_name("looking.py")


class TookTooLong(Exception):
    """It asked for more time or memory than a file may."""


class Failed(Exception):
    """It cannot be read."""


def run(what: str, content: bytes, *more: str) -> bytes:
    """Return what looking.py finds in the content. Raises TookTooLong or Failed."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 our own script
                [sys.executable, "-I", str(_SCRIPT), what, *more],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
    if done.returncode in (0, 1):
        if done.returncode:
            raise Failed
        return done.stdout
    raise TookTooLong  # killed by the system, or out of memory
