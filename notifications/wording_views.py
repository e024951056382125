"""The organisers' pages about the texts of messages that go out by themselves."""

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, holding
from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from notifications import editing, rendering, wordings
from notifications.models import WordingVersion
from notifications.placeholders import Wording
from notifications.wording_forms import WordingForm
from notifications.wordings import Occasion

SHOWN = 20  # of the earlier versions
LANGUAGE = "en"  # the only one until pages speak another


@organiser_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the messages that organisers may word, and which of them they have."""
    newest = {one.occasion: one for one in wordings.newest().select_related("saved_by")}
    rows = [(occasion, newest.get(occasion.name)) for occasion in wordings.occasions()]
    return render(request, "notifications/manage_wordings.html", {"rows": rows})


@holding.keeps_typed
@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type] # it knows no view with a name
def edit(request: MemberRequest, name: str) -> HttpResponse:
    """Word a message, with a sample beside it and the earlier versions below."""
    occasion = _occasion(name)
    versions = list(_versions(name)[:SHOWN])
    current = versions[0] if versions else None
    typed = request.POST or holding.typed(request)
    form = WordingForm(typed, occasion=occasion, version=current)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, name, form)
        except concurrency.ChangedMeanwhile:
            form.warn_of_colleague(current)
        else:
            messages.success(request, _("Saved: from now on messages say this."))
            return redirect("notifications:manage-wording", name)
    context = {"occasion": occasion, "form": form, "versions": versions, "current": current}
    return render(request, "notifications/manage_wording.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@csp(rendering.MAIL_ONLY)  # type: ignore[arg-type] # it knows no view with a name
def sample(request: MemberRequest, name: str) -> HttpResponse:
    """Show what was typed, or else what is in use, filled in with examples."""
    occasion = _occasion(name)
    form = WordingForm(request.POST or None, occasion=occasion, version=_versions(name).first())
    if request.method != "POST":
        said = {key: form.initial[key] for key in ("subject", "text")}
        form = WordingForm(said, occasion=occasion, version=None)
    if not form.is_valid():
        return render(request, "mail/sample_broken.html", {"form": form})
    return HttpResponse(rendering.sample(occasion, form.wording())["html"])


@organiser_required
@require_POST
def restore(request: MemberRequest, name: str) -> HttpResponse:
    """Use an earlier version again, or the built-in text, as a new version."""
    _occasion(name)
    older = None
    if number := request.POST.get("number", ""):
        versions = _versions(name).filter(is_builtin=False)
        older = get_object_or_404(versions, number=int(number) if number.isdecimal() else 0)
    seen = request.POST.get("seen", "")
    try:
        editing.save(
            occasion=name,
            language=LANGUAGE,
            wording=Wording(older.subject, older.text) if older else None,
            seen=int(seen) if seen.isdecimal() else -1,
            by=request.user,
            now=timezone.now(),
        )
    except concurrency.ChangedMeanwhile:
        messages.error(request, _("Nothing was changed: a colleague has saved meanwhile."))
    else:
        messages.success(request, _("Restored: from now on messages say this."))
    return redirect("notifications:manage-wording", name)


def _occasion(name: str) -> Occasion:
    try:
        return wordings.get(name)
    except KeyError:
        raise Http404 from None


def _versions(name: str) -> QuerySet[WordingVersion]:
    """Return what was saved for an occasion, newest first; its caller lets organisers in only."""
    found = WordingVersion.objects.filter(occasion=name, language=LANGUAGE)
    return found.select_related("saved_by").order_by("-number")


def _save(request: MemberRequest, name: str, form: WordingForm) -> None:
    editing.save(
        occasion=name,
        language=LANGUAGE,
        wording=form.wording(),
        seen=form.cleaned_data["seen"] or 0,
        by=request.user,
        now=timezone.now(),
    )
