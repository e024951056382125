"""The three questions after a webinar, and what organisers read of the answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from records import opinions
from records import pulse as changes
from records.models import PulseAnswer, asked_of
from records.permissions import closable
from records.pulse_forms import PulseForm
from webinars.models import Webinar


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask whoever was there what they thought, and let them think better of it for a while."""
    webinar, now = (
        get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug),
        timezone.now(),
    )
    given = PulseAnswer.objects.filter(webinar=webinar, person=request.user).first()
    if given is None and not asked_of(request.user, now).filter(pk=webinar.pk).exists():
        raise Http404
    form = PulseForm(request.POST or None, given=given)
    if request.method == "POST" and form.is_valid():
        try:
            changes.answer(webinar=webinar, person=request.user, now=now, **form.cleaned_data)
        except changes.IsFinal:
            messages.error(request, _("Your answers are two weeks old and do not change any more."))
        else:
            messages.success(request, _("Thank you. The organizers read it."))
            return redirect("my")
    is_open = given is None or given.is_changeable(now)
    context = {"webinar": webinar, "form": form, "given": given, "is_open": is_open}
    return render(request, "records/pulse.html", context)


@organiser_required
@require_safe
def results(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what people said of a webinar, without their names."""
    webinar = get_object_or_404(closable(request.user, timezone.now()), slug=slug)
    context = {"webinar": webinar, "results": opinions.of_webinar(webinar)}
    return render(request, "records/manage_pulse.html", context)
