"""The pages of plain text."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests.browsers import Client


@pytest.mark.parametrize("path", ["/accessibility/", "/privacy/"])
def test_text_page_says_whom_to_write_to(client: Client, path: str):
    page = BeautifulSoup(client.get(path).content, "html.parser")

    addresses = {link["href"] for link in page.select("main a[href^=mailto]")}

    assert addresses == {f"mailto:{settings.SUPPORT_EMAIL}"}


def test_robots_keep_out_of_peoples_own_pages(client: Client):
    answer = client.get("/robots.txt")

    lines = answer.content.decode().splitlines()
    assert answer.headers["Content-Type"] == "text/plain"
    assert lines[:2] == ["User-agent: *", "Disallow: /accounts/"]
    assert {"Disallow: /*?", "Allow: /*?page="} < set(lines)  # no filters, but the next page


def test_security_text_never_expires(client: Client):
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    left = datetime.fromisoformat(fields.pop("Expires")) - datetime.now(UTC)
    assert timedelta(days=170) < left < timedelta(days=365)
    assert fields == {
        "Contact": f"mailto:{settings.SUPPORT_EMAIL}",
        "Preferred-Languages": "en",
        "Canonical": f"{settings.SITE_URL}/.well-known/security.txt",
    }


def test_no_sentence_ends_in_two_full_stops():
    """A time by Django's "P" or "a" ends in one, so nothing that it is called ends a sentence."""
    found = []
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.*")):
        text = path.read_text()
        names = re.findall(r'(\w+)=[\w.]+\|date:"[^"]*[Pa]"', text)
        names += re.findall(r'\|date:"[^"]*[Pa]" as (\w+)', text)
        marks = [rf"{{{{ {name} }}}}." for name in names] + [f'{end}" }}}}.' for end in "Pa"]
        found += [(path.name, mark) for mark in marks if mark in text]

    assert found == []
