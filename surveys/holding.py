"""Hold what somebody typed whose sign-in has ended, until that person has signed in again."""

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from surveys.entries import Fields
from surveys.filling import Form

MOST = 60_000  # characters: a section with long texts, but no flood
_KEY = "typed-answers"


def hold(request: HttpRequest) -> bool:
    """Keep the form in the visitor's session while it lasts; says whether it could be kept."""
    fields = dict(request.POST.lists())
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    if size > MOST:
        return False
    request.session[_KEY] = {"path": request.get_full_path(), "fields": fields}
    return True


def take(request: HttpRequest) -> Form | None:
    """Return what was typed on this page before signing in, once, to the person who typed it."""
    held = request.session.get(_KEY)
    if held is None or held["path"] != request.get_full_path():
        return None
    del request.session[_KEY]
    fields = Fields(held["fields"])
    if fields.get("person") != str(request.user.pk):
        return None
    return Form(fields, MultiValueDict())
