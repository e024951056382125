"""Captions: what is read, what is refused with the line to mend, and what is written."""

import pytest

from library import captions
from library.captions import Cue

HEAD = "WEBVTT\n\n"


def test_captions_are_read_whatever_stands_around_them():
    text = (
        "\ufeffWEBVTT - Liens\r\nKind: captions\r\n\r\n"
        "NOTE made by hand\r\nof somebody\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\n"
        "intro\r\n00:00.000 --> 00:02.500 align:start position:0%\r\n"
        "<v Ann Lee>Good <i>morning</i> &amp; welcome.\r\n\r\n"
        "01:00:02.500 --> 01:00:04.000\r\n- one\r\n- two\r\n"
    )

    assert captions.read(text) == [
        Cue(0, 2500, "Good morning & welcome.", "Ann Lee"),
        Cue(3_602_500, 3_604_000, "- one\n- two"),
    ]


def test_subrip_is_read_like_webvtt():
    text = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500 X1:10\r\n"
        "<font color=red>Hi &amp; ho</font>\r\n\r\n"
        "second part\r\n\r\n2\r\n01:00:03,000 --> 01:00:04,000\r\n2017\r\nthe year\r\n"
    )

    assert captions.read(text) == [
        Cue(1000, 2500, "Hi & ho\nsecond part"),
        Cue(3_603_000, 3_604_000, "2017\nthe year"),
    ]


def test_what_is_written_is_read_the_same_and_carries_nothing_else():
    cues = [Cue(0, 999, "a < b & c > d\nsecond"), Cue(1000, 2000, "<script>", "A & B")]

    text = captions.write(cues)

    assert captions.read(text) == cues
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "begins with WEBVTT")]),
        ("WEBVTTX\n\n", [(1, "begins with WEBVTT")]),
        ("1\n00:00:01,00 --> 00:00:02,000\nHi\n", [(2, "not written as")]),
        ("1\n00:00:02,000 --> 00:00:01,000\nHi\n", [(2, "ends before it begins")]),
        ("00:00:01,000 --> 00:00:02,000\nHi\n", [(1, "begins with the number 1")]),
        (HEAD, [(3, "no captions in it")]),
        (f"{HEAD}Just words\n", [(3, "A time is missing")]),
        (f"{HEAD}00:01 --> 00:02\nHi\n", [(3, "not written as")]),
        (f"{HEAD}00:01.000-->00:02.000\nHi\n", [(3, "not written as")]),
        (f"{HEAD}00:61.000 --> 00:62.000\nHi\n", [(3, "not written as")]),
        (f"{HEAD}00:02.000 --> 00:01.000\nHi\n", [(3, "ends before it begins")]),
        (f"{HEAD}00:02.000 --> 00:03.000\n\n", [(3, "no text")]),
        (f"{HEAD}00:02.000 --> 00:03.000\n<b></b>\n", [(3, "no text")]),
        (f"{HEAD}00:02.000 --> 00:03.000\n{'x' * 2001}\n", [(3, "longer than 2000")]),
        (f"{HEAD}00:02.000 --> 00:03.000\na\x01\n", [(3, "no text")]),
        (
            f"{HEAD}00:02.000 --> 00:03.000\nHi\n\n00:01.000 --> 00:04.000\nHo\n\nx --> y\nz\n",
            [(6, "begins before the caption above"), (9, "not written as")],
        ),
    ],
)
def test_each_wrong_line_is_named(text: str, faults: list[tuple[int, str]]):
    with pytest.raises(captions.BadCaptions) as found:
        captions.read(text)

    assert [line for line, _ in found.value.faults] == [line for line, _ in faults]
    for (_, said), (_, words) in zip(found.value.faults, faults, strict=True):
        assert words in said


def test_endless_faults_are_cut_short():
    with pytest.raises(captions.BadCaptions) as found:
        captions.read(HEAD + "x\n\n" * 10_000)

    assert len(found.value.faults) == captions.MOST_FAULTS
