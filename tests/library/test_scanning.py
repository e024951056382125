"""Files are scanned where there is a scanner: clamd's own protocol, spoken on loopback."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from events.zones import COMMON
from library import keeping, scanning, uploads
from tests.browsers import Client
from tests.factories import (
    make_member,
    make_question,
    make_response,
    make_wave,
    make_webinar,
    midday,
)
from tests.files import picture
from tests.library.conftest import upload
from webinars import speaker_links
from webinars.models import Presenter

# The harmless text that every scanner takes for a virus, put together here alone.
EICAR = "".join(("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"))
MOST = 4096  # bytes; the scanner's StreamMaxLength

Start = Callable[[str], socket.socket]


def read(line: socket.socket, number: int) -> bytes:
    """Return so many bytes."""
    said = b""
    while len(said) < number and (more := line.recv(number - len(said))):
        said += more
    return said


def answer(line: socket.socket, heard: list[bytes]) -> None:
    """Do what clamd does with one INSTREAM command."""
    with line:
        if read(line, 10) != b"zINSTREAM\0":
            return
        content = b""
        while size := struct.unpack(">I", read(line, 4))[0]:
            content += read(line, size)
            if len(content) > MOST:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        heard.append(content)
        found = b"Win.Test.EICAR_HDB-1 FOUND" if EICAR.encode() in content else b"OK"
        line.sendall(b"stream: " + found + b"\0")


@pytest.fixture(params=["host and port", "path"])
def heard(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[list[bytes]]:
    """A scanner that notes what it was given."""
    got: list[bytes] = []
    if request.param == "path":
        door = socket.socket(socket.AF_UNIX)
        settings.CLAMD_ADDRESS = str(tmp_path / "clamd.ctl")
        door.bind(settings.CLAMD_ADDRESS)
        door.listen()
    else:
        door = socket.create_server(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{door.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                line, _address = door.accept()
            except OSError:
                return
            answer(line, got)

    running = threading.Thread(target=serve, daemon=True)
    running.start()
    yield got
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    running.join()


def said_of(name: str, content: bytes) -> str:
    """Return the name under which a file is taken, or what is said."""
    try:
        return str(keeping.looked_into(upload(name, content)).name)
    except uploads.Refused as refusal:
        return str(refusal)


def test_files_are_scanned_and_a_virus_is_refused(heard: list[bytes]):
    plain, infected, large = b"a,b", f"a,{EICAR}".encode(), b"a" * (3 * MOST)

    assert [said_of("a.csv", one) for one in (plain, infected, large)] == [
        "a.csv",
        "“a.csv” is not taken: the virus scanner found Win.Test.EICAR_HDB-1 in it.",
        "“a.csv” is larger than the virus scanner takes. Send a smaller file.",
    ]
    assert heard == [plain, infected]


def test_what_is_sent_is_scanned_and_not_what_is_left_of_it(heard: list[bytes]):
    raw = picture(pnginfo=None) + EICAR.encode()

    assert "found Win.Test" in said_of("a.png", raw)
    assert heard == [raw]


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.ctl"])
def test_nothing_is_taken_while_the_scanner_is_away(settings: Settings, address: str):
    settings.CLAMD_ADDRESS = address

    assert said_of("a.csv", b"a,b") == (
        "“a.csv” is not taken now: the virus scanner does not answer. Try again in some minutes."
    )


def test_scanner_that_falls_silent_counts_as_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scanning, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{silent.getsockname()[1]}"

        assert "does not answer" in said_of("a.csv", b"a,b")


@pytest.mark.parametrize("heard", ["path"], indirect=True)
def test_files_that_are_only_read_are_scanned_too(heard: list[bytes], organiser_client: Client):
    held = make_webinar(starts_at=midday(-2), ends_at=midday(-1))
    infected = EICAR.encode()
    manage = f"/manage/webinars/{held.slug}"
    forms = {
        "/manage/surveys/instruments/import/": ("file", "a.xlsx", {}),
        f"{manage}/attendance/": ("reports", "a.csv", {"time_zone": COMMON[0]}),
        f"{manage}/recording/captions/": ("captions", "a.vtt", {}),
    }

    told = {}
    for path, (name, file, more) in forms.items():
        sent = {name: SimpleUploadedFile(file, infected)} | more
        told[path] = organiser_client.post(path, sent).content.decode()

    assert [path for path, text in told.items() if "the virus scanner found" not in text] == []
    assert heard == [infected] * 3


def places(organiser: Client) -> dict[str, Client]:
    """Return the pages that take a file, with a browser that may open each."""
    held = make_webinar(starts_at=midday(-2), ends_at=midday(-1))
    speaker = Presenter.objects.create(webinar=held, name="Ann")
    wave = make_wave(make_question(type="file").survey)
    member = Client()
    member.force_login(make_member(make_response(wave).agency))
    console = ("surveys/instruments/import", "resources/new")
    parts = ("attendance", "recording/captions", "recording/video")
    return {
        **{f"/manage/{page}/": organiser for page in console},
        **{f"/manage/webinars/{held.slug}/{page}/": organiser for page in parts},
        speaker_links.url(speaker): Client(),
        f"/surveys/{wave.slug}/respond/": member,
    }


def test_every_place_that_takes_a_file_says_whether_it_is_scanned(
    settings: Settings, organiser_client: Client
):
    pages = places(organiser_client)

    def lacking(words: str) -> list[str]:
        read = {path: browser.get(path).content.decode() for path, browser in pages.items()}
        assert [path for path, text in read.items() if 'type="file"' not in text] == []
        return [path for path, text in read.items() if words not in text]

    assert lacking("Files are looked into, but not scanned for viruses.") == []
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    assert lacking("Files are looked into, and scanned for viruses.") == []
