"""Bad input, wherever a query or a body is read: it is refused in words, and nothing falls over."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.urls import resolve

from tests.addresses import FORM, Ask
from tests.scene import Scene
from tests.test_access import sections
from webinars.entry_forms import MOST

PARTS = "multipart/form-data; boundary=X"
FIELD = b'--X\r\nContent-Disposition: form-data; name="q"\r\n\r\nliens\r\n--X--\r\n'
NUL, BEYOND = "a%00b", "9" * 30  # what no database can hold
NUMBERS = ("membership", "number", "one", "page", "place", "resource", "seen")
SAMPLED = (
    "/preview/",
    "/findings/",
    "/totals/",
    "/accounts/",
    "/readyz",
)  # read by forms, or alike
READ = re.compile(
    r"""(?:GET|POST)(?:\.get|\.getlist)?[\[(]"(\w+)"|"(\w+)" in (?:self\.)?request\."""
)


def names() -> list[str]:
    """Return every name that a view reads out of a query or a form by itself."""
    root = Path(settings.BASE_DIR)
    views = [*root.glob("*/*views.py"), *root.glob("*/views/*.py"), root / "surveys/http.py"]
    found = {a or b for path in views for a, b in READ.findall(path.read_text())}
    return sorted(found | {"membership", "of"})


@pytest.fixture(scope="module")
def ask(world: Scene) -> Ask:
    """Everybody, signed in once for all addresses."""
    return Ask(world)


@pytest.fixture(scope="module")
def addresses(ask: Ask) -> list[str]:
    """One address for each pattern, of things that there are."""
    found: dict[str, str] = {}
    for lines in sections().values():
        for line in lines:
            address = line.split()[0].partition("?")[0]
            if not any(part in address for part in SAMPLED):
                found.setdefault(resolve(address.format(**ask.words)).route, address)
    return sorted(found.values())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_falls_over_a_name_that_it_reads(
    ask: Ask, addresses: list[str], method: str
) -> None:
    sent = "&".join(f"{name}={BEYOND if name in NUMBERS else NUL}" for name in names())
    query, body = (f"?{sent}", b"") if method == "GET" else ("", sent.encode())
    fallen = {}
    for address in addresses:
        who = "organiser" if "/manage/" in address else "coordinator"
        status = ask.answer(who, method, f"{address}{query}", body)[0]
        if status >= "500":
            fallen[address] = status

    assert fallen == {}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain; charset=hex", b"q", "400"),
        (f"{PARTS}; charset=hex", FIELD, "400"),
        (f"{PARTS}; charset=undefined", FIELD, "400"),
        (f"{FORM}; charset=utf-16", b"q=1", "400"),
        ("multipart/form-data", FIELD, "400"),
        (f"{FORM}; charset=UTF-8", b"\xff=\xfe&%ZZ=%&=", "200"),
        ("multipart/form-data; boundary=X", FIELD[:20], "200"),
        ("application/json", b"[" * 10_000, "200"),
    ],
)
def test_body_that_is_no_form_is_refused(ask: Ask, kind: str, body: bytes, status: str) -> None:
    for address in ("/my/profile/", "/manage/webinars/new/", "/surveys/wave/answers/q/"):
        found = ask.answer("organiser", "POST", address, body, kind)[0]
        assert found in (status, "404"), (address, found)


def test_form_has_no_more_rows_than_it_may(ask: Ask) -> None:
    """However many it says that it has; each row that is built costs time."""
    sent = b"question-TOTAL_FORMS=2147483648&question-INITIAL_FORMS=2147483648"

    status, _to, page = ask.answer("organiser", "POST", "/manage/webinars/public/questions/", sent)

    assert (status, page.count(b'-text"') <= 4 * (MOST + 2)) == ("200", True)


@pytest.mark.parametrize(
    "said", ["[" * 10_000, "null", "[1]", "1e400", '{"id": "YQ", "rawId": "Yg"}']
)
@pytest.mark.parametrize("word", ["add", "login", "reauthenticate"])
def test_what_is_no_passkey_is_refused(ask: Ask, word: str, said: str) -> None:
    key = {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}, "type": "public-key"}
    bodies = [said, json.dumps({"id": "\ud800", "rawId": "YQ"} | key)]
    bodies.append(json.dumps({"id": "YQ", "rawId": "Yg"} | key))
    who = "visitor" if word == "login" else "staff"
    for body in bodies:
        sent = urlencode({"credential": body}).encode()
        status = ask.answer(who, "POST", f"/accounts/2fa/webauthn/{word}/", sent)[0]
        assert status < "500", (body[:50], status)
