"""The organisers' pages about what agencies ask each other."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import inquiring
from surveys.inquiry_forms import InquiryFilter, RemovalForm
from surveys.models import Inquiry

PAGE = 25
REMOVED = "removed"


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the questions, newest first, of one state or of all."""
    form = InquiryFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    found = Inquiry.objects.visible_to(request.user).with_cell().newest_first()
    page = Paginator(found.filter(_of(state)), PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/manage_inquiries.html", {"page": page, "form": form})


@organiser_required
@require_POST
def remove(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Take a question and its answer away, with a reason that both sides read."""
    inquiry = get_object_or_404(Inquiry.objects.visible_to(request.user), uid=uid)
    form = RemovalForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "inquiry": inquiry}
        return render(request, "surveys/manage_inquiry_remove.html", context)
    reason = form.cleaned_data["reason"]
    inquiring.remove(inquiry=inquiry, reason=reason, by=request.user, now=timezone.now())
    messages.success(request, _("Removed. Both sides get your reason by e-mail."))
    return redirect(inquiry)


def _of(state: str) -> Q:
    if state == REMOVED:
        return Q(removed_at__isnull=False)
    return Q(state=state, removed_at=None) if state else Q()
