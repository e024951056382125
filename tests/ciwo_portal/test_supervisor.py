"""The supervisor of `make run`: who is asked to end, who may finish, and who hears of it."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# A service whose child is at work when the service is asked to end, as Celery's worker has them.
SERVICE = """
echo begun
trap 'echo asked' TERM
(trap 'echo child asked; exit' TERM; while [ ! -e finish ]; do sleep 0.05; done; echo child done) &
while kill -0 $! 2>/dev/null; do wait $!; done
"""
PROGRAM = """
import os, pathlib, sys
from ciwo_portal import supervisor
commands = supervisor.Commands(os.environ, pathlib.Path(sys.argv[1]))
for name, line in zip(sys.argv[2::2], sys.argv[3::2]):
    commands.start(name, line)
sys.exit(commands.wait())
"""
Supervise = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).resolve().parents[2]


def _hear_signals() -> None:
    """Let signals reach the supervisor even where the tests themselves ignore some (nohup, `&`)."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    """A way to run services, by name, in the test's folder; ends what a failed test left."""
    begun = []

    def run(**lines: str) -> subprocess.Popen[str]:
        words = [word for pair in lines.items() for word in pair]
        process = subprocess.Popen(  # noqa: S603 our own program
            [sys.executable, "-c", PROGRAM, str(tmp_path), *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_hear_signals,  # noqa: PLW1509 it only asks the kernel
        )
        begun.append(process)
        return process

    yield run
    for process in begun:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _said(process: subprocess.Popen[str]) -> list[str]:
    """Return what the services said, without the times, once everything is over."""
    out, _ = process.communicate(timeout=240)
    return [line.partition(" ")[2] for line in out.splitlines()]


def _lines_until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    pytest.fail(f"it never said {word!r}")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_child_at_work_finishes_before_the_supervisor_ends(
    supervise: Supervise, tmp_path: Path, how: int
):
    process = supervise(work=SERVICE)
    _lines_until(process, "begun")

    process.send_signal(how)
    _lines_until(process, "asked")
    (tmp_path / "finish").touch()

    assert _said(process) == ["work   | child done"]
    assert process.returncode == 0


def test_second_signal_waits_for_nobody(supervise: Supervise):
    process = supervise(work=SERVICE)
    _lines_until(process, "begun")

    process.send_signal(signal.SIGINT)
    _lines_until(process, "asked")
    with pytest.raises(subprocess.TimeoutExpired):  # it waits, and so the next one is a second one
        process.wait(timeout=1.5)
    process.send_signal(signal.SIGINT)

    assert _said(process) == ["work   | does not wait for what it was doing"]


def test_service_that_ends_takes_the_others_along(supervise: Supervise):
    process = supervise(work="exec sleep 1000", lost="exit 3")

    assert _said(process) == ["lost   | ended by itself with exit code 3"]
    assert process.returncode == 1


def test_closed_terminal_hides_no_end(supervise: Supervise, tmp_path: Path):
    process = supervise(work=SERVICE)
    _lines_until(process, "begun")
    assert process.stdout is not None

    process.stdout.close()
    process.send_signal(signal.SIGHUP)
    (tmp_path / "finish").touch()

    assert process.wait(timeout=240) == 0
