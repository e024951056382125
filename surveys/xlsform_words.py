"""The words of XLSForm that are known here, and what stands in them."""

import re
from typing import Any

from surveys.models import Question
from surveys.workbooks import Row

Type = Question.Type
LISTED = {
    "select_one": Type.SINGLE_CHOICE,
    "select1": Type.SINGLE_CHOICE,
    "select_multiple": Type.MULTIPLE_CHOICE,
    "rank": Type.RANKING,
}
SIMPLE = {
    "integer": Type.NUMBER,
    "int": Type.NUMBER,
    "decimal": Type.NUMBER,
    "range": Type.NUMBER,
    "date": Type.DATE,
    "text": Type.SHORT_TEXT,
    "string": Type.SHORT_TEXT,
    "file": Type.FILE,
    "image": Type.FILE,
}
SILENT = {  # about the device and the moment; an agency's answer has its own
    *("start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber"),
    *("username", "email", "audit", "start-geopoint"),
}
BEGIN, END = re.compile(r"begin[ _]group"), re.compile(r"end[ _]group")
REPEAT = re.compile(r"(begin|end)[ _]repeat")
ALONE = re.compile(r"not\(\s*selected\(\s*\.\s*,\s*['\"]([^'\"]+)['\"]\s*\)\s*and\s*count-selected")
LIMIT = re.compile(r"\.\s*(<=|>=|<|>)\s*(?:date\()?['\"]?(-?\d[\d.-]*|today\(\))['\"]?\)?")
LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*(\d+)")
LEAST = re.compile(r"count-selected\(\s*\.\s*\)\s*(>=|>)\s*(\d+)")
LABEL, HINT = ("label",), ("hint",)
OF_QUESTIONS = ("hint", "relevant", "constraint")  # what no row of a table has
_IN_A_LANGUAGE = re.compile(r"(label|hint)\s*::?\s*(.+)")
_ENGLISH = re.compile(r"english\b.*|en\b.*|.*\(\s*en\b.*\)")


def in_one_language(sheets: dict[str, list[Row]], default: str) -> dict[str, list[Row]]:
    """Return the rows with one label and hint each: English, else the form's own language.

    However the language is written: “label::English (en)”, “label::English(en)”, “label:en”.
    """
    return {
        name: [Row(row.number, _spoken(row.cells, default)) for row in rows]
        for name, rows in sheets.items()
    }


def _spoken(cells: dict[str, str], default: str) -> dict[str, str]:
    best = {name: texts[0][1] for name, texts in spoken(cells, default).items()}
    return best | cells


def spoken(cells: dict[str, str], default: str) -> dict[str, list[tuple[str, str]]]:
    """Return the labels and hints by language, the one that is read first."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for name, text in cells.items():
        if match := _IN_A_LANGUAGE.fullmatch(name):
            language = match[2].strip()
            is_default = bool(default) and _bare(language) == _bare(default)
            rank = 0 if _ENGLISH.fullmatch(language) else 1 if is_default else 2
            found.setdefault(match[1], []).append((rank, language, text))
        elif name in ("label", "hint"):
            found.setdefault(name, []).append((-1, "", text))
    return {
        name: [(language, text) for _rank, language, text in sorted(texts, key=lambda one: one[0])]
        for name, texts in found.items()
    }


def is_of_grid(row: Row) -> bool:
    """Whether single choices are shown as one row of a grid, or as the row of its headings."""
    kind = row.get("type").partition(" ")[0].lower()
    look = row.get("appearance").split()
    return LISTED.get(kind) == Type.SINGLE_CHOICE and bool({"label", "list-nolabel"} & set(look))


def is_spoken(name: str) -> bool:
    """Whether a column holds labels or hints in some language."""
    return bool(_IN_A_LANGUAGE.fullmatch(name))


def _bare(language: str) -> str:
    return re.sub(r"\s", "", language)


def key(text: str, longest: int = 80) -> str:
    """Return a text as a key, or nothing when it has no letter or digit."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:longest].strip("_")


def limit(pattern: Any, match: Any, kind: str, ours: dict[str, str]) -> dict[str, Any]:
    """Return what one part of a constraint says; `ours` are our names of choices by theirs."""
    if pattern is ALONE:
        return {"exclusive": [ours[match[1]]]} if match[1] in ours else {}
    number = match[2]
    if pattern is LENGTH:
        return {"max_length": int(number) - (match[1] == "<")}
    if pattern is LEAST:
        return {"min_selected": int(number) + (match[1] == ">")}
    name = "max" if match[1].startswith("<") else "min"
    if kind == Type.DATE:
        return {name: "today" if number == "today()" else number}
    try:
        end = float(number)
    except ValueError:
        return {}
    step = 0 if match[1].endswith("=") else (-1 if name == "max" else 1)
    return {name: (int(end) if end.is_integer() else end) + step}


def version(text: str) -> str:
    """Return a text as the name of a version."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:20].strip("-._") or "1"


def visible(text: str) -> str:
    """Return a text as it was before xlsform.plain()."""
    return text.replace("$\u200b{", "${")


def topics(text: str) -> dict[str, list[str]]:
    """Return the topics of a section as a document says them; nothing when there are none."""
    found = text.split()[:20]
    return {"topics": found} if found else {}
