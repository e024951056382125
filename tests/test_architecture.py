"""Rules about the code that no linter knows: budgets, layers of tables, words, who asks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.image import packages

ROOT = Path(__file__).resolve().parent.parent
APPS = tuple(sorted(packages()))
# A foreign key may point to the same row or to a lower one.
HEIGHT = {
    "accounts": 0,
    "agencies": 1,
    "library": 2,
    "notifications": 2,
    "jobs": 2,
    "webinars": 3,
    "practice_sessions": 3,
    "surveys": 3,
    "records": 4,
}
NOT_A_WORD = {"utils", "helpers", "services", "common", "core", "misc"}
FUNCTION, VIEW, MODULE, TEMPLATE, TEST = 40, 25, 400, 120, 25  # lines


def _modules() -> Iterator[Path]:
    for name in (*APPS, "tests", "benchmarks"):
        for path in (ROOT / name).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def _lines(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _budget(path: Path, node: ast.FunctionDef) -> int:
    if node.name.startswith("test_"):
        return TEST
    return VIEW if "views" in path.stem or "views" in path.parts else FUNCTION


def test_functions_keep_their_budget():
    over = [
        f"{path.relative_to(ROOT)}: {node.name} has {_lines(node)} lines"
        for path in _modules()
        for node in _functions(path)
        if _lines(node) > _budget(path, node)
    ]

    assert over == []


def test_modules_keep_their_budget():
    over = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in _modules()
        if (count := len(path.read_text().splitlines())) > MODULE
    ]

    assert over == []


def test_templates_keep_their_budget():
    over = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in (ROOT / "templates").rglob("*.html")
        if (count := len(path.read_text().splitlines())) > TEMPLATE
    ]

    assert over == []


def test_templates_carry_no_inline_script_or_style():
    inline = re.compile(
        r"<script(?![^>]*\b(src|type=\"application/ld\+json\"))|<style|\sstyle=|\son\w+=[\"']"
    )
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if "mail" not in path.parts and inline.search(path.read_text())
    ]

    assert found == []


def test_modules_are_named_for_what_they_do():
    found = [str(path.relative_to(ROOT)) for path in _modules() if path.stem in NOT_A_WORD]

    assert found == []


def test_foreign_keys_point_downwards():
    upward = [
        f"{model._meta.label}.{field.name}"
        for label, height in HEIGHT.items()
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if (target := field.related_model._meta.app_label) != label
        and HEIGHT.get(target, -1) >= height
    ]

    assert upward == []


def test_no_import_hides_inside_a_function():
    hidden = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in _modules()
        for node in _functions(path)
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]

    assert hidden == []


def test_nothing_detours_around_the_layers():
    detours = [
        str(path.relative_to(ROOT))
        for path in _modules()
        if path != Path(__file__) and "TYPE_CHECKING" in path.read_text()
    ]

    assert detours == []


def test_only_entry_points_ask_the_clock():
    """Changes and questions get their time from outside (STYLE: time comes from outside)."""
    entry = {"tasks", "feeds", "adapter", "admin", "sitting", "session_store"}
    found = [
        str(path.relative_to(ROOT))
        for name in APPS
        for path in (ROOT / name).rglob("*.py")
        if "migrations" not in path.parts
        and not {"views", "commands", "demo"} & set(path.parts)
        and path.stem not in entry
        and not path.stem.endswith("views")
        and "timezone.now()" in path.read_text()
    ]

    assert found == []


@pytest.mark.parametrize("name", APPS)
def test_public_functions_promise_something(name: str):
    silent = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in (ROOT / name).rglob("*.py")
        if "migrations" not in path.parts
        for node in _public(path)
        if not ast.get_docstring(node)
    ]

    assert silent == []


def _public(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield the functions of a module that others call: top level, not private."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


# Who may say that a text is markup, and why no word of people is in it as it is.
MARKUP = {
    "ciwo_portal/named.py:Named": "what library.search highlights",
    "ciwo_portal/shelf.py:Entry": "what library.search highlights",
    "ciwo_portal/templatetags/portal.py:icon": "icons of ours",
    "ciwo_portal/templatetags/portal.py:kind_tag": "words of ours",
    "ciwo_portal/templatetags/portal.py:_kind_tag": "words of ours",
    "ciwo_portal/templatetags/portal.py:date_leaf": "a day",
    "ciwo_portal/templatetags/portal.py:_date_leaf": "a day",
    "ciwo_portal/templatetags/portal.py:structured_data": "JSON without < > &",
    "ciwo_portal/templatetags/portal.py:structured_video": "JSON without < > &",
    "ciwo_portal/templatetags/portal.py:keep": "blocks of base.html, escaped there",
    "ciwo_portal/templatetags/portal.py:_as_data": "JSON without < > &",
    "ciwo_portal/templatetags/portal.py:markdown": "nh3 cleans it",
    "library/search.py:highlight": "escaped before its marks become tags",
    "notifications/placeholders.py:fill_html": "nh3 cleans the text, each value is escaped",
    "notifications/placeholders.py:_button": "parts of what nh3 has cleaned",
    "notifications/rendering.py:_worded": "a plain text, which no program reads as markup",
    "webinars/feeds.py:item_description": "linebreaks() escapes it",
}
# A year before its noun, and what is never under five.
NO_COUNT = {"year", "least", "asked", "of", "was", "panel"}
_COUNTED = re.compile(
    r"\{\{ ?([\w.|]+) ?\}\}(?:</?\w+>)? (?:\w+ )?(?:agencies|answers|people|colleagues|minutes"
    r"|hours|days|places|seats|questions|sessions|webinars|results|entries|messages|chapters|codes|keys"
    r"|certificates|addresses|topics|files|sections|rows|times|members|registrations|waves)\b"
)
_COUNTING = re.compile(
    r"\{% blocktranslate [^%]*\bcount [^%]*%\}.*?\{% endblocktranslate %\}", re.S
)


def test_one_is_never_written_as_many():
    """Whatever is counted in a template has words for one of it."""
    paths = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".txt")]
    many = [
        f"{path.relative_to(ROOT)}: {counted[0]}"
        for path in paths
        for counted in _COUNTED.finditer(_COUNTING.sub("", path.read_text()))
        if counted[1] not in NO_COUNT
    ]

    assert many == []


_MARKS = {"mark_safe", "SafeString", "SafeText", "format_html", "format_html_join", "html_safe"}
_MARKS |= {"__html__"}


def test_words_of_people_are_never_markup():
    """No template calls a text safe, and Python only where the list above says why."""
    calling = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off|<script[^>]*>[^<]*\{\{")
    templates = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")  # a plain text needs no escaping
        if calling.search(path.read_text())
    ]
    found = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in _modules()
        if path.relative_to(ROOT).parts[0] in APPS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if _MARKS & ({node.name} | {_word(part) for part in _own(node)})
    }

    assert (templates, found) == ([], set(MARKUP))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function or class, but for the functions and classes inside it."""
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, ast.FunctionDef | ast.ClassDef):
            yield part
            yield from _own(part)


def _word(part: ast.AST) -> str:
    named = {ast.Name: "id", ast.Attribute: "attr", ast.alias: "name"}
    return str(getattr(part, named.get(type(part), ""), ""))


def test_scripts_write_markup_of_the_server_only():
    """Text goes in as text; the one place that takes HTML gets what a template of ours wrote."""
    writing = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\("
    )
    found = {
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "frontend/src/js").glob("*.js")
        for line in path.read_text().splitlines()
        if writing.search(line)
    }

    assert found == {'survey.js: question.part("clash").innerHTML = html;'}
