"""The organisers' pages about messages to people who have a place."""

from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from notifications import rendering, suppressing
from notifications.models import Category, Notification
from webinars import mailing, mailing_notices
from webinars.mailing_forms import MailingForm
from webinars.models import Mailing, Webinar
from webinars.placeholders import KNOWN

PAGE = 25
PEOPLE = 50


@organiser_required
@require_safe
def index(request: MemberRequest, slug: str) -> HttpResponse:
    """List what was written to people who have a place, newest first."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    rows = webinar.mailings.select_related("written_by").order_by("-changed_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for one in page:
        one.webinar, one.stands = webinar, one.stage(now)
    return render(request, "webinars/manage_mailings.html", {"webinar": webinar, "page": page})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: MemberRequest, slug: str) -> HttpResponse:
    """Write a message; the next page shows how it will read, before anything is sent."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    form = MailingForm(request.POST or holding.typed(request), webinar=webinar)
    if request.method == "POST" and form.is_valid():
        draft = mailing.write(webinar=webinar, by=request.user, **_said(form))
        return redirect(draft)
    context = {"webinar": webinar, "form": form, "mailing": None, "placeholders": KNOWN.values()}
    return render(request, "webinars/manage_mailing_form.html", context)


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def edit(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Change a draft."""
    draft = _mailing(request, slug, uid)
    form = MailingForm(request.POST or holding.typed(request), webinar=draft.webinar, mailing=draft)
    if request.method == "POST" and form.is_valid():
        try:
            mailing.change(mailing=draft, **_said(form))
        except mailing.IsSent:
            messages.error(request, _("It was sent meanwhile: what was sent does not change."))
        return redirect(draft)
    context = {
        "webinar": draft.webinar,
        "form": form,
        "mailing": draft,
        "placeholders": KNOWN.values(),
    }
    return render(request, "webinars/manage_mailing_form.html", context)


@organiser_required
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type] # it knows no view with a slug
def detail(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Show a draft as it will reach people, or what became of what was sent."""
    one, now = _mailing(request, slug, uid), timezone.now()
    context = {"webinar": one.webinar, "mailing": one, "stage": one.stage(now)}
    if one.queued_at is None:
        reached = mailing.reach(one)
        context |= {"reach": reached, "copies": mailing.copies(one, reached, now)}
    else:
        rows = Notification.objects.filter(about=mailing_notices.about(one))
        people = rows.select_related("recipient").order_by("recipient__name", "pk")
        page = Paginator(people, PEOPLE).get_page(request.GET.get("page"))
        context |= {"page": page, "counts": rows.by_kind().first()}
    return render(request, "webinars/manage_mailing.html", context)


@organiser_required
@require_safe
@xframe_options_sameorigin
@csp(rendering.MAIL_ONLY)  # type: ignore[arg-type] # it knows no view with a slug
def copy(request: MemberRequest, slug: str, uid: UUID, number: int) -> HttpResponse:
    """Show one of the copies as a mail program does."""
    draft = _mailing(request, slug, uid)
    copies = mailing.copies(draft, mailing.reach(draft), timezone.now())
    if not 1 <= number <= len(copies):
        raise Http404
    return HttpResponse(copies[number - 1].html)


@organiser_required
@require_POST
def try_out(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Send a copy to who asks for it."""
    draft = _mailing(request, slug, uid)
    mailing.try_out(mailing=draft, person=request.user, now=timezone.now())
    address = request.user.email
    words = _("A copy is on its way to %(address)s.")
    if suppressing.why(address, Category.ACCOUNT):
        words = _("No e-mail reaches %(address)s, so that no copy is sent.")
    messages.success(request, words % {"address": address})
    return redirect(draft)


@organiser_required
@require_POST
def send(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Send to as many as the organiser saw; pressing twice sends once."""
    draft = _mailing(request, slug, uid)
    seen, version = _number(request.POST.get("seen")), request.POST.get("version", "")
    try:
        sent = mailing.send(mailing=draft, seen=seen, version=version, now=timezone.now())
    except mailing.NotAsSeen:
        messages.error(
            request,
            _(
                "Nothing was sent: the text or who gets it has changed since you looked. "
                "Look at it once more, then send."
            ),
        )
    else:
        words = ngettext(
            "It goes to %(number)s person in ten minutes. Until then you can undo it.",
            "It goes to %(number)s people in ten minutes. Until then you can undo it.",
            sent.owed,
        )
        messages.success(request, words % {"number": sent.owed})
    return redirect(draft)


@organiser_required
@require_POST
def undo(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Withdraw what has not gone out."""
    one = _mailing(request, slug, uid)
    mailing.undo(mailing=one, now=timezone.now())
    messages.success(request, _("Undone: what had not gone out is withdrawn."))
    return redirect(one)


@organiser_required
@require_POST
def delete(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Delete a draft."""
    draft = _mailing(request, slug, uid)
    try:
        mailing.delete(mailing=draft, now=timezone.now())
    except mailing.IsSent:
        messages.error(request, _("It was sent meanwhile: what was sent stays on record."))
        return redirect(draft)
    messages.success(request, _("“%s” is deleted. Nobody got it.") % draft.subject)
    return redirect("webinars:manage-mailings", slug)


@organiser_required
@require_POST
def send_again(request: MemberRequest, slug: str, uid: UUID) -> HttpResponse:
    """Send once more to those only whom it failed to reach."""
    one = _mailing(request, slug, uid)
    number = mailing.send_again(mailing=one, now=timezone.now())
    words = ngettext(
        "It is sent once more to %(number)s person.",
        "It is sent once more to %(number)s people.",
        number,
    )
    messages.success(request, words % {"number": number})
    return redirect(one)


def _mailing(request: MemberRequest, slug: str, uid: UUID) -> Mailing:
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    found = get_object_or_404(webinar.mailings.select_related("written_by"), uid=uid)
    found.webinar = webinar
    return found


def _said(form: MailingForm) -> dict[str, Any]:
    names = ("audience", "agencies")
    return {name: form.cleaned_data[name] for name in names} | {"wording": form.wording()}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0
