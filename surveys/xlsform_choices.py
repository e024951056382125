"""Read the lists of choices of an XLSForm workbook, each with the names that it gets here."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from surveys import building, xlsform_words
from surveys.importing import Draft
from surveys.workbooks import Row, words

Object = dict[str, Any]
Lists = dict[str, list[Object]]
Aliases = dict[str, dict[str, str]]  # by list: our names of choices by theirs


def read(rows: Iterable[Row], draft: Draft) -> tuple[Lists, Aliases]:
    """Return the lists by name, and our names of their choices by theirs; what changes is noted."""
    found: Lists = {}
    aliases: Aliases = {}
    for row in rows:
        place = _("%(sheet)s, row %(row)d") % {"sheet": "choices", "row": row.number}
        name, theirs = row.get("list_name", "list name"), row.get("name", "value")
        label = words(xlsform_words.visible(row.get(*xlsform_words.LABEL))) or theirs
        label = draft.fitted(place, label, 300)
        listed, ours = found.setdefault(name, []), aliases.setdefault(name, {})
        if not name or not theirs:
            draft.remark(place, _("This choice has no name and is left out."))
        elif theirs in ours:
            draft.remark(place, _("This choice is there twice; one is left out."))
        else:
            ours[theirs] = _named(draft, place, theirs, label, set(ours.values()))
            listed.append({"value": ours[theirs], "label": label})
    return found, aliases


def _named(draft: Draft, place: str, theirs: str, label: str, taken: set[str]) -> str:
    """Return a choice's name here; one that has to change is listed."""
    name = xlsform_words.key(theirs)
    if not name or name in taken:
        name = building.free_key(name or label, taken)
    if name != theirs:
        text = _("“%(theirs)s” is called “%(ours)s” here, in conditions as well.")
        draft.remark(place, text % {"theirs": theirs[:80], "ours": name})
    return name
