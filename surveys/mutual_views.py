"""The organisers' page that asks for give to get, section by section."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import concurrency
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import mutual
from surveys.forms import MutualForm
from surveys.models import Wave


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def choose(request: MemberRequest, slug: str) -> HttpResponse:
    """Choose the sections in which agencies give before they get."""
    waves = Wave.objects.visible_to(request.user).select_related("survey")
    wave = get_object_or_404(waves, slug=slug)
    form = MutualForm(request.POST if request.method == "POST" else None, wave=wave)
    if form.is_valid():
        mutual.choose(wave=wave, sections=form.cleaned_data["sections"])
        messages.success(request, _("Saved. It holds at once, on every page and in every file."))
        return redirect("surveys:manage-detail", slug)
    return render(request, "surveys/manage_mutual.html", {"wave": wave, "form": form})
