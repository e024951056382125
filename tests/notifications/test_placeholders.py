"""The small language of texts that organisers write."""

import pytest

from notifications.placeholders import Placeholder, fill, fill_html, problems

KNOWN = {
    name: Placeholder(name, name, "", is_link=name.endswith("link"))
    for name in ("person.name", "starts", "join_link")
}
LINKS = frozenset({"join_link"})
URL = "https://join.example.org/1?a=b&c=d"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dear {{ person.name }}, {{starts}}: {{ join_link }}", []),
        (
            "Dear {{ persn.name }}",
            ["There is no placeholder {{ persn.name }}. Did you mean {{ person.name }}?"],
        ),
        (
            "{{ password }}",
            ["There is no placeholder {{ password }}. Those that there are stand beside the text."],
        ),
        (
            "One\nDear {{ person.name",
            ["Line 2: “{{” opens a placeholder that no “}}” closes."],
        ),
        ("name }}", ["Line 1: “}}” closes a placeholder that no “{{” opens."]),
        (
            "{% if starts %}",
            [f"Line 1: “{mark}” means nothing here; take it out." for mark in ("{%", "%}")],
        ),
        (
            "[Me]({{ person.name }})",
            ["The link “Me” must lead to an address, or to one placeholder for a link."],
        ),
        (
            "[Me](https://x.org/{{ join_link }})",
            ["The link “Me” must lead to an address, or to one placeholder for a link."],
        ),
    ],
)
def test_problems_say_what_to_mend(text: str, said: list[str]) -> None:
    assert problems(text, KNOWN) == said


def test_needed_placeholder_that_is_missing_is_named() -> None:
    found = problems("Soon", KNOWN, needed=["join_link"])

    assert found == ["{{ join_link }} is missing: people need it in this message."]


def test_plain_text_has_values_and_readable_links() -> None:
    text = "# Hello\n\n**Dear** {{ person.name }}\n\n[Join]({{ join_link }})"

    words = fill(text, {"person.name": "Ann", "join_link": URL})

    assert words == f"Hello\n\nDear Ann\n\nJoin: {URL}"


def test_line_without_its_value_is_left_out() -> None:
    text = "Hello\nJoin: {{ join_link }}\nBye"

    found = (fill(text, {"join_link": ""}), fill_html(text, {"join_link": ""}, LINKS))

    assert found == ("Hello\nBye", '<p style="margin:0 0 16px">Hello<br>\nBye</p>\n')


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "{{ join_link }}", '"><img>']
)
def test_value_is_neither_html_nor_markdown_nor_placeholder(name: str) -> None:
    html = fill_html("Dear {{ person.name }}", {"person.name": name, "join_link": URL}, LINKS)

    safe = name.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert html == f'<p style="margin:0 0 16px">Dear {safe}</p>\n'


def test_markup_of_an_organiser_is_cleaned() -> None:
    html = fill_html("<b onclick=x>a</b> [b](javascript:x) ![c](https://x.org/c.png)", {}, LINKS)

    assert "<b" not in html
    assert "href" not in html
    assert "<img" not in html


def test_link_alone_is_a_button_and_link_in_a_text_is_a_link() -> None:
    safe = URL.replace("&", "&amp;")

    alone = fill_html("[Join]({{ join_link }})", {"join_link": URL}, LINKS)
    inside = fill_html("It is {{ join_link }}.", {"join_link": URL}, LINKS)

    assert 'class="em-btn"' in alone
    assert f'<a href="{safe}" style="display:inline-block' in alone
    assert f'href="{safe}">{safe}</a>.' in inside
