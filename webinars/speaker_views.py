"""Who speaks: the organisers' page, and the speaker's own behind a personal link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from events.personal_links import LinkEnded
from events.private_pages import ended, kept_private, unknown
from library import uploads
from notifications import suppressing
from notifications.models import Category
from webinars import bringing, join_links, presenting, speaker_forms, speaker_links
from webinars.join_links import Door
from webinars.join_views import show_door, to_the_tool
from webinars.models import Presenter, Webinar
from webinars.speaker_forms import SpeakingForm

_SHOWN = ("pk", "name", "title", "agency", "email", "biography")


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@concurrency.in_turn
def speakers(request: MemberRequest, slug: str) -> HttpResponse:
    """Say who speaks; blank rows wait for more."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    named = webinar.presenters.in_order()
    rows = speaker_forms.SpeakerFormSet(
        request.POST or holding.typed(request),
        initial=list(named.values(*_SHOWN)),
        prefix="speaker",
    )
    telling = speaker_forms.TellForm(request.POST or None)
    if request.method == "POST" and rows.is_valid() and telling.is_valid():
        said = speaker_forms.speakers(rows)
        presenting.present(
            webinar=webinar, speakers=said, now=timezone.now(), **telling.cleaned_data
        )
        messages.success(request, _("The speakers are saved."))
        return redirect("webinars:manage-detail", slug)
    context = {"webinar": webinar, "rows": rows, "presenters": named, "telling": telling}
    return render(request, "webinars/manage_speakers.html", context)


@organiser_required
@require_POST
def ask(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask the speakers for what is open."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    asked = presenting.ask(webinar=webinar, now=timezone.now())
    words = ngettext(
        "%(number)s speaker is asked by e-mail, once an hour at most.",
        "%(number)s speakers are asked by e-mail, once an hour at most.",
        asked,
    )
    messages.success(request, words % {"number": asked})
    return redirect("webinars:manage-speakers", slug)


@organiser_required
@require_POST
def new_link(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """End a speaker's link, as one that was passed on, and send a new one."""
    webinar = get_object_or_404(Webinar.objects.visible_to(request.user), slug=slug)
    presenter = get_object_or_404(webinar.presenters, pk=pk)
    is_sent = presenting.renew_link(presenter=presenter, now=timezone.now())
    if is_sent and not suppressing.why(presenter.email, Category.CHANGES):
        words = _("The old link of %(name)s has ended. A new one is on its way by e-mail.")
    elif is_sent:
        words = _("The old link of %(name)s has ended. No e-mail reaches %(name)s with a new one.")
    else:
        words = _("The old link of %(name)s has ended. No e-mail was sent.")
    messages.success(request, words % {"name": presenter.name})
    return redirect("webinars:manage-speakers", slug)


@csrf_exempt  # the token is the proof; in-app browsers of mail programs keep no cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def speaking(request: HttpRequest, token: str) -> HttpResponse:
    """Show a speaker what is open, and take the answers."""
    try:
        presenter = speaker_links.read(token, timezone.now())
    except LinkEnded:
        return ended(request)
    except speaker_links.UnknownLink:
        return unknown(request, "webinars/speaking_unknown.html")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SpeakingForm(data, files, initial=speaker_forms.said_by(presenter))
    is_saved = form.is_bound and _is_saved(presenter, form)
    slides = form.cleaned_data.get("file") if form.is_bound else None
    presenter.refresh_from_db()
    if is_saved:
        form = SpeakingForm(initial=speaker_forms.said_by(presenter))
    door = join_links.door(presenter.webinar, timezone.now(), is_host=True, place=None)
    context = {
        "presenter": presenter,
        "webinar": presenter.webinar,
        "form": form,
        "is_saved": is_saved,
        "note": slides.note if slides else "",
        "has_door": door in (Door.OPEN, Door.EARLY, Door.UNREADY),
    }
    return kept_private(render(request, "webinars/speaking.html", context))


def _is_saved(presenter: Presenter, form: SpeakingForm) -> bool:
    """Keep a file that is sound in any case, and the answers when all of them are."""
    now, is_valid = timezone.now(), form.is_valid()
    try:
        if upload := form.cleaned_data.get("file"):
            bringing.bring(presenter=presenter, upload=upload, now=now)
    except uploads.Refused as refusal:
        form.add_error("file", str(refusal))
        return False
    if is_valid:
        presenting.answer(presenter=presenter, answer=form.answer(), now=now)
    return is_valid


@csrf_exempt
@to_the_tool  # type: ignore[arg-type] # csp types a view without arguments
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show a speaker the door, which opens an hour before the start."""
    try:
        presenter = speaker_links.read(token, timezone.now())
    except LinkEnded:
        return ended(request)
    except speaker_links.UnknownLink:
        return unknown(request, "webinars/speaking_unknown.html")
    webinar = presenter.webinar
    return kept_private(show_door(request, webinar, None, zone=webinar.time_zone, is_host=True))
