"""The words of XLSForm that are known here, and what stands in them."""

import re

from surveys.models import Question

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
LABEL = ("label", "label::english (en)", "label::english", "label::en")
HINT = ("hint", "hint::english (en)", "hint::english", "hint::en")


def key(text: str, longest: int = 80) -> str:
    """Return a text as a key, or nothing when it has no letter or digit."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:longest].strip("_")


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
