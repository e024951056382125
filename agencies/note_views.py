"""The organisers' pages about notes on agencies: what is noted, and who may read it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies import profile
from agencies.forms import NotesForm
from agencies.models import Agency
from agencies.permissions import organiser_required

PAGE = 25


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the agencies with an internal note, so that somebody reads each of them."""
    noted = Agency.objects.visible_to(request.user).exclude(internal_note="")
    page = Paginator(noted.in_order_of_names(), PAGE).get_page(request.GET.get("page"))
    return render(request, "agencies/manage_notes.html", {"page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change the two notes on an agency, or make the internal one public."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    known = {name: getattr(agency, name) for name in profile.NOTES}
    known["seen"] = profile.version(agency, profile.NOTES)
    form = NotesForm(request.POST or holding.typed(request), initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _kept(request, agency, form))
        except concurrency.ChangedMeanwhile as clash:
            concurrency.warn(form, clash)
        else:
            return redirect(agency)
    return render(request, "agencies/manage_note.html", {"agency": agency, "form": form})


def _kept(request: MemberRequest, agency: Agency, form: NotesForm) -> str:
    """Keep the notes, or make the internal one public, and say so."""
    if "publish" in request.POST and form.cleaned_data["internal_note"]:
        profile.publish_note(agency=agency, **form.cleaned_data)
        return _("Saved. Everybody can read the note now.")
    profile.keep_notes(agency=agency, **form.cleaned_data)
    return _("The notes are saved.")
