"""The organisers' page on how widely a wave's answers may be read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import capping, wording
from surveys.forms import CapForm
from surveys.models import SharingLevel, Wave

CHANGES = 20  # shown, the newest


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what another widest level would do to the answers, then let it hold."""
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    if request.POST.get("widest") == wave.widest_sharing:
        messages.info(request, _("This level holds already."))
        return redirect("surveys:manage-detail", slug)
    form = CapForm(request.POST or None, levels=capping.choices(wave))
    effect = capping.effect(wave, form.cleaned_data["widest"]) if form.is_valid() else None
    if effect and request.POST.get("seen") == f"{form.cleaned_data['widest']}/{effect.answers}":
        return _chosen(request, wave, form)
    return render(request, "surveys/manage_cap.html", _context(wave, form, effect))


def _chosen(request: MemberRequest, wave: Wave, form: CapForm) -> HttpResponse:
    now = timezone.now()
    try:
        change = capping.choose(wave=wave, **form.cleaned_data, by=request.user, now=now)
    except capping.Promised:
        messages.error(request, _("Agencies have heard of a narrower level; it stays."))
        return redirect("surveys:manage-cap", wave.slug)
    messages.success(request, _saved(change.narrowed if change else 0))
    return redirect("surveys:manage-detail", wave.slug)


def _saved(number: int) -> str:
    if not number:
        return _("Saved. No answer is seen by fewer people than before.")
    text = ngettext(
        "Saved. %(n)d answer is narrower now, on every page and in every file.",
        "Saved. %(n)d answers are narrower now, on every page and in every file.",
        number,
    )
    return text % {"n": number}


def _context(wave: Wave, form: CapForm, effect: capping.Effect | None) -> dict[str, Any]:
    changes = wave.cap_changes.select_related("changed_by").order_by("-changed_at", "-pk")
    return {
        "wave": wave,
        "form": form,
        "effect": effect,
        "wanted": form.cleaned_data["widest"].label if effect else "",
        "seen": f"{form.cleaned_data['widest']}/{effect.answers}" if effect else "",
        "reads": wording.READERS[SharingLevel(wave.widest_sharing)],
        "is_promised": capping.is_promised(wave),
        "changes": changes[:CHANGES],
    }
