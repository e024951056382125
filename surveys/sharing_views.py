"""The coordinator's press that lets others read an answer, or no longer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.http import MemberRequest
from agencies.permissions import second_factor_required
from surveys import reading, sharing
from surveys.http import own_response
from surveys.models import Response, SharingLevel
from surveys.permissions import may_share
from surveys.sharing import Outcome, Wish

NARROWED = 30  # questions that the next page is told of


@login_required
@second_factor_required
@require_POST
def share(request: MemberRequest, slug: str) -> HttpResponse:
    """Change who may read answers, before or after they are handed in; a coordinator does."""
    response = own_response(request, slug)
    if not may_share(request.user, response):
        raise PermissionDenied
    outcome = sharing.change(
        response=response, wishes=_wishes(request), by=request.user, now=timezone.now()
    )
    _tell(request, outcome)
    _tell_without_effect(request, response, outcome.widened)
    query = {"agency": response.agency.slug, "narrowed": outcome.narrowed[:NARROWED]}
    return redirect(reverse("surveys:review", args=[slug], query=query))


def _wishes(request: HttpRequest) -> dict[str, Wish]:
    """Return what the form wants by question's key; what is no level is passed over."""
    given = {
        name.removeprefix("sharing."): wanted
        for name, wanted in request.POST.items()
        if name.startswith("sharing.") and wanted in SharingLevel.values
    }
    return {key: Wish(request.POST.get(f"was.{key}", ""), level) for key, level in given.items()}


def _tell_without_effect(request: HttpRequest, response: Response, widened: list[str]) -> None:
    """Say which answers are read by no more people than before, because of what they tell."""
    if not widened:
        return
    for item in reading.read(response).items:
        if item.is_bound and item.question.key in widened:
            text = _(
                "“%(label)s” is still read as “%(level)s”: it tells “%(told)s”. Widen that as well "
                "if you want to; there is a button for it below."
            )
            told = "”, “".join(one.question.label for one in item.bounds)
            said = {"label": item.question.label, "level": item.level, "told": told}
            messages.warning(request, text % said)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    text = ngettext(
        "Saved: %(n)d level is changed.", "Saved: %(n)d levels are changed.", outcome.changed
    )
    if outcome.overtaken:
        kept = _("Not changed, because a colleague changed it meanwhile. Look again: %s")
        messages.error(request, kept % "; ".join(outcome.overtaken))
    if outcome.too_wide:
        kept = _("Not changed, because this survey lets nobody else see answers: %s")
        messages.error(request, kept % "; ".join(outcome.too_wide))
    if outcome.changed or not (outcome.overtaken or outcome.too_wide):
        messages.success(request, text % {"n": outcome.changed})
