"""The organisers' pages about notes on agencies: what is noted, and who may read it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

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


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change the two notes on an agency, or make the internal one public."""
    agency = get_object_or_404(Agency.objects.visible_to(request.user), slug=slug)
    known = {"note": agency.note, "internal_note": agency.internal_note}
    form = NotesForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        if "publish" in request.POST and form.cleaned_data["internal_note"]:
            profile.publish_note(agency=agency, **form.cleaned_data)
            messages.success(request, _("Saved. Everybody can read the note now."))
        else:
            profile.keep_notes(agency=agency, **form.cleaned_data)
            messages.success(request, _("The notes are saved."))
        return redirect(agency)
    return render(request, "agencies/manage_note.html", {"agency": agency, "form": form})
