"""The Nu HTML checker over pages: npm's vnu-jar, which `make check-html` fetches and Java runs.

Where both are there, every run of the tests checks; nobody needs them.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

JAR = Path(__file__).parents[1] / "frontend/node_modules/vnu-jar/build/dist/vnu.jar"
JAVA = shutil.which("java")
IS_ASKED = bool(os.environ.get("CIWO_REQUIRE_JAVA") or (JAVA and JAR.exists()))
TEXT = re.compile(rb">[^<]*<")
SAID = re.compile(rb' (?:value|href|src|action|content|title)="[^"]*"')
# What only Outlook reads, in copies of mails; everything else of a mail must be valid, too.
OUTLOOK = re.compile("xmlns:[ov]|“mso-[a-z-]+”|“supported-color-schemes”")
# Events of tests begin between two seconds; those that people enter do not.
FRACTION = re.compile(rb"(T\d\d:\d\d:\d\d)\.\d{6}")


class Pages:
    """Pages to check, of all that are built alike the first one."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[str, bytes]] = {}

    def keep(self, asked: str, told: bytes) -> None:
        """Keep what a person was told, if it is a page and no other is built like it."""
        if IS_ASKED and told.lstrip()[:14].lower() == b"<!doctype html":
            shape = hash(SAID.sub(b"", TEXT.sub(b"><", told)))
            self.kept.setdefault(shape, (asked, FRACTION.sub(rb"\1", told)))

    def faults(self) -> list[str]:
        """Return what the checker calls an error, each with the first page that has it."""
        if not self.kept:
            return []
        with tempfile.TemporaryDirectory() as folder:
            for number, (_asked, told) in enumerate(self.kept.values()):
                Path(folder, f"{number}.html").write_bytes(told)
            found = _checked(folder)
        asked = [asked for asked, _told in self.kept.values()]
        first = {one["message"]: asked[int(Path(one["url"]).stem)] for one in reversed(found)}
        return sorted(f"{message} {page}" for message, page in first.items())


def _checked(folder: str) -> list[dict[str, str]]:
    options = ("--errors-only", "--format", "json", "--exit-zero-always")
    said = subprocess.run(  # noqa: S603 our own arguments
        [JAVA or "java", "-jar", str(JAR), *options, folder],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: list[dict[str, str]] = json.loads(said.stderr)["messages"]
    return [one for one in found if not OUTLOOK.search(one["message"])]
