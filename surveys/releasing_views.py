"""The organisers' page on which totals are published and tried."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from jobs.kinds import Refused
from jobs.views import later
from surveys import alarms, disclosure, publishing, releasing, withdrawing
from surveys.models import Audit, Wave

SHOWN = 20


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: MemberRequest, slug: str) -> HttpResponse:
    """List what was published of a wave; publish what agencies have answered until now."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    is_large = publishing.is_large(wave)
    if request.method == "POST":
        return _pressed(request, wave, is_large=is_large)
    audit = Audit.objects.filter(wave=wave).select_related("wave").first() if is_large else None
    context = {
        "wave": wave,
        "releases": withdrawing.listed(wave)[:SHOWN],
        "is_large": is_large,
        "audit": audit,
        "changed": None if is_large else releasing.changed_since(wave),
        "smallest": disclosure.SMALLEST,
        "alarms": (audit and alarms.recorded(audit)) if is_large else alarms.find(wave),
        "withdrawals": withdrawing.told(withdrawing.history(wave)[:SHOWN]),
    }
    return render(request, "surveys/manage_releases.html", context)


def _pressed(request: MemberRequest, wave: Wave, *, is_large: bool) -> HttpResponse:
    """Publish or try the totals, at once or by the worker."""
    is_trial = "try" in request.POST
    order = publishing.order_to_try(wave) if is_trial else publishing.order(wave)
    if is_large:
        return later(request, order)
    try:
        made = publishing.at_once(order, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, made.outcome)
    return redirect("surveys:manage-releases", wave.slug)
