"""What a LimeSurvey file says, question by question, that nothing here takes."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from surveys import workbooks
from surveys.workbooks import words

Loss = tuple[str, str]  # the question's code, or "survey", and what is to be said
# The tables that hold texts: what names a row in it, and its texts.
_TEXTS = {
    "surveys_languagesettings": (
        (),
        ("surveyls_title", "surveyls_description", "surveyls_welcometext"),
    ),
    "groups": (("gid",), ("group_name", "description")),
    "group_l10ns": (("gid",), ("group_name", "description")),
    "questions": (("qid",), ("question", "help")),
    "question_l10ns": (("qid",), ("question", "help")),
    "subquestions": (("qid",), ("question",)),
    "answers": (("qid", "code", "scale_id", "aid"), ("answer",)),
    "answer_l10ns": (("aid",), ("answer",)),
}
_APART = ("quota", "assessments")  # tables of which nothing is read
_PIPED = re.compile(r"\{[^\s{}][^{}]*\}")


def rows(root: Element, table: str) -> list[dict[str, str]]:
    """Return a table's rows as they stand in the file."""
    found = root.findall(f"{table}/rows/row")
    return [{cell.tag: (cell.text or "").strip() for cell in row} for row in found]


def language(root: Element) -> str:
    """Return the language that is read: English where there is a translation, else the first."""
    settings = rows(root, "surveys_languagesettings")
    there = [row.get("surveyls_language", "") for row in settings]
    own = next((row["language"] for row in rows(root, "surveys") if row.get("language")), "")
    english = [one for one in there if one == "en" or one.startswith("en-")]
    return next(iter([*english, own, *there]), "")


def of(root: Element, read: str) -> Iterator[Loss]:
    """Yield what is left out of a file that is read in this language."""
    codes = {row.get("qid", ""): row.get("title", "") for row in rows(root, "questions")}
    codes |= {
        row.get("qid", ""): codes.get(row.get("parent_qid", ""), row.get("title", ""))
        for row in rows(root, "subquestions")
    }
    answers = {
        row["aid"]: codes.get(row.get("qid", ""), "")
        for row in rows(root, "answers")
        if row.get("aid")
    }
    for table, (names, texts) in _TEXTS.items():
        seen: set[tuple[str, ...]] = set()
        for row in sorted(rows(root, table), key=lambda one: language_of(one, read) != read):
            place = codes.get(row.get("qid", "")) or answers.get(row.get("aid", "")) or _("survey")
            said = [row[name] for name in texts if row.get(name)]
            is_other = tuple(row.get(name, "") for name in names) in seen
            seen.add(tuple(row.get(name, "") for name in names))
            yield from ((place, text) for text in _of_texts(said, row, is_other=is_other))
    yield from _of_rows(root, codes)


def language_of(row: dict[str, str], read: str) -> str:
    """Return the language of a row's texts; one that names none is in the language that is read."""
    return row.get("language") or row.get("surveyls_language") or read


def _of_texts(said: list[str], row: dict[str, str], *, is_other: bool) -> Iterator[str]:
    if is_other and said:
        text = _("Only one language is taken; this is left out (%(language)s): %(text)s")
        yield text % {"language": language_of(row, "?"), "text": " / ".join(map(words, said))}
        return
    if piped := [one for text in said for one in _PIPED.findall(words(text))]:
        text = _("Answers are not put into texts here; %(names)s stays as it is.")
        yield text % {"names": ", ".join(piped)}
    if any(map(workbooks.is_active, said)) or row.get("script"):
        yield _("A script, picture, link or form in the text is left out.")


def _of_rows(root: Element, codes: dict[str, str]) -> Iterator[Loss]:
    """Yield the attributes of questions, comments beside choices, and tables that are not read."""
    left = _("Left out: %(names)s.")
    for row in rows(root, "question_attributes"):
        if row.get("value"):
            said = f"{row.get('attribute', '')} = {row['value']}"
            yield codes.get(row.get("qid", ""), ""), left % {"names": said}
    for row in rows(root, "questions"):
        yield from ((row.get("title", ""), left % {"names": said}) for said in _of_question(row))
    for row in rows(root, "surveys_languagesettings"):
        if row.get("surveyls_endtext"):
            yield _("survey"), left % {"names": words(row["surveyls_endtext"])}
    yield from ((_("survey"), left % {"names": name}) for name in _APART if rows(root, name))


def _of_question(row: dict[str, str]) -> Iterator[str]:
    if row.get("type") in ("O", "P"):
        yield _("the comment beside the choices")
    if row.get("preg"):
        yield f"preg = {row['preg']}"
