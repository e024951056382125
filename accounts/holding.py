"""Hold what somebody typed whose sign-in has ended, until that person has signed in again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

MOST = 60_000  # characters: a section with long texts, but no flood
_KEY = "typed-answers"
_WHO = ("person", "typed_by")  # the fields in which forms name who fills them in


def hold(request: HttpRequest) -> bool:
    """Keep the form in the visitor's session while it lasts; says whether it could be kept."""
    fields = dict(request.POST.lists())
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    if size > MOST:
        return False
    request.session[_KEY] = {"path": request.get_full_path(), "fields": fields}
    return True


def take(request: HttpRequest) -> dict[str, list[str]] | None:
    """Return what was typed on this page before signing in, once, to the person who typed it."""
    held = request.session.get(_KEY)
    if held is None or held["path"] != request.get_full_path():
        return None
    del request.session[_KEY]
    fields: dict[str, list[str]] = held["fields"]
    who = [fields[name][-1] for name in _WHO if fields.get(name)]
    return fields if who == [str(request.user.pk)] else None


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what is to be shown as typed and not saved, and say so; None if nothing was held."""
    fields = take(request) if request.method == "GET" else None
    if fields is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    messages.warning(request, _("You had been signed out. What you typed is below: save it now."))
    return data


def keeps_typed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Hold what comes after signing out; stands above whatever asks to sign in.

    The view shows it again by `typed`.
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            hold(request)
        return view(request, *args, **kwargs)  # type: ignore[no-any-return] # of any view

    return kept
