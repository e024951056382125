"""The organisers' page on which totals are published and tried."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import alarms, disclosure, releasing, withdrawing
from surveys.models import Wave

SHOWN = 20


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: MemberRequest, slug: str) -> HttpResponse:
    """List what was published of a wave; publish what agencies have answered until now."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    if request.method == "POST":
        try:
            releasing.publish(wave=wave, by=request.user, now=timezone.now())
        except releasing.TooSoon as refusal:
            text = _("Not published: only %d agencies changed anything since the last release.")
            messages.error(request, text % refusal.changed)
        else:
            messages.success(request, _("The totals are published. Everybody can read them."))
        return redirect("surveys:manage-releases", slug)
    context = {
        "wave": wave,
        "releases": withdrawing.listed(wave)[:SHOWN],
        "changed": releasing.changed_since(wave),
        "smallest": disclosure.SMALLEST,
        "alarms": alarms.find(wave),
        "withdrawals": withdrawing.told(withdrawing.history(wave)[:SHOWN]),
    }
    return render(request, "surveys/manage_releases.html", context)
