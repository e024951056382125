"""The image without a container engine: what its build would be given, with its steps run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def packages() -> set[str]:
    """Return the names of the folders that hold the portal's code."""
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return folders - {"tests", "benchmarks"}


@dataclass(frozen=True)
class Image:
    """The image's folder and the environment in which its programs run."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, **more: str) -> str:
        """Run a command in it and return what it printed."""
        done = subprocess.run(  # noqa: S603 our own commands
            command,
            cwd=self.folder,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


def context() -> Iterator[Path]:
    """Yield every file that `docker build` would send, as .dockerignore says."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [_rule(line) for line in lines if line and not line.startswith("#")]
    again = [line.removeprefix("!") for line in lines if line.startswith("!")]
    for folder, folders, files in os.walk(ROOT):
        place = Path(folder).relative_to(ROOT)
        folders[:] = [
            name
            for name in folders
            if not _is_left_out(place / name, rules)
            or any(line.startswith(f"{(place / name).as_posix()}/") for line in again)
        ]
        yield from (place / name for name in files if not _is_left_out(place / name, rules))


def _rule(line: str) -> tuple[re.Pattern[str], bool]:
    """Return what a line matches, and whether it leaves that out (else it lets it in again)."""
    words = re.split(r"(\*\*/|\*\*|\*|\?)", line.removeprefix("!").strip("/"))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pattern = "".join(known.get(word, re.escape(word)) for word in words)
    return re.compile(f"{pattern}(?:/.*)?"), not line.startswith("!")


def _is_left_out(path: Path, rules: list[tuple[re.Pattern[str], bool]]) -> bool:
    """Whether the last line that matches the file, or a folder above it, leaves it out."""
    said = [is_left_out for pattern, is_left_out in rules if pattern.fullmatch(path.as_posix())]
    return bool(said) and said[-1]


def steps() -> list[str]:
    """Return the commands of the Dockerfile's RUN lines, one by one."""
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    runs = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    return [command.strip() for run in runs for command in run.split("&&")]


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image as far as a folder can be one: its files, its packages, and its steps done.

    Needs the packages in uv's cache or a registry; CIWO_REQUIRE_IMAGE=1 forbids to go on without.
    """
    top = tmp_path_factory.mktemp("image")
    folder, packages = top / "app", top / "packages"
    for path in context():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    environment = {
        "PATH": f"{packages / 'bin'}:{os.defpath}",
        "STATIC_ROOT": str(folder / ".static"),
        "MEDIA_ROOT": str(top / "data" / "media"),
        "PORTAL_ENV": "/dev/null",
    }
    made = Image(folder, environment)
    _install(packages, folder)
    for step in steps():
        if "python" in shlex.split(step):
            made.run("/bin/sh", "-c", step)
    return made


def _install(packages: Path, folder: Path) -> None:
    """Do what the Dockerfile's `pip install` does, with uv, which links what it has."""
    [line] = [step for step in steps() if step.startswith("pip install")]
    uv = str(ROOT / ".tools" / "bin" / "uv")
    python = str(packages / "bin" / "python")
    install = [uv, "pip", *shlex.split(line)[1:], "--quiet", "--python", python]
    venv = [uv, "venv", "--quiet", "--python", sys.executable, str(packages)]
    try:
        subprocess.run(venv, check=True)  # noqa: S603 our own line
        for way in ([*install, "--offline"], install):
            done = subprocess.run(  # noqa: S603 our own lines
                way, cwd=folder, capture_output=True, text=True, check=False
            )
            if not done.returncode:
                return
    except FileNotFoundError:
        reason = "uv is missing: `make test` installs it"
    else:
        reason = f"no registry can be reached: {done.stderr.strip()}"
        assert "hash" not in done.stderr.lower(), done.stderr
    assert os.environ.get("CIWO_REQUIRE_IMAGE") != "1", reason
    pytest.skip(reason)
