"""The organisers' pages on which surveys go out to other tools and come in from them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import authoring, foreign, importing, writing, xlsform
from surveys.exchange_forms import StoreForm, UploadForm
from surveys.importing import Draft
from surveys.models import Survey
from surveys.workbooks import Unreadable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REMARKS = 1_000  # shown


@organiser_required
@require_safe
def export(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Give the survey out as an XLSForm workbook."""
    surveys = Survey.objects.visible_to(request.user)
    survey = get_object_or_404(surveys, key=key, version=version)
    content = xlsform.workbook(writing.document(survey))
    if fault := xlsform.fault(content):
        text = _("It cannot go out as XLSForm yet: %(fault)s")
        messages.error(request, text % {"fault": fault})
        return redirect(survey)
    name = f"{survey.key}-{survey.version}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: MemberRequest) -> HttpResponse:
    """Read a file and show what would come in; nothing is stored yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "surveys/build/upload.html", {"form": form})
    file = form.cleaned_data["file"]
    try:
        draft = foreign.read(file.name, file.read())
    except Unreadable as refusal:
        form.add_error("file", str(refusal))
        return render(request, "surveys/build/upload.html", {"form": form})
    initial = {"carried": importing.packed(draft), "version": _free_version(request, draft)}
    known = Survey.objects.visible_to(request.user)
    if not known.exists():
        initial["follows"] = StoreForm.NEW
    elif draft.key and known.filter(key=draft.key).exists():
        initial["follows"] = draft.key
    return _shown(request, draft, StoreForm(known, initial=initial))


@organiser_required
@require_POST
def store(request: MemberRequest) -> HttpResponse:
    """Store what was shown, as a draft."""
    form = StoreForm(Survey.objects.visible_to(request.user), request.POST)
    draft = importing.unpacked(request.POST.get("carried", ""))
    if draft is None:
        messages.error(request, _("That took too long or went wrong. Choose the file again."))
        return redirect("surveys:manage-survey-upload")
    if form.is_valid():
        version, before = form.cleaned_data["version"], form.before()
        try:
            survey = importing.store(draft=draft, version=version, before=before)
        except authoring.InstrumentInvalid:
            messages.error(request, _("This survey cannot be stored. Choose another file."))
            return redirect("surveys:manage-survey-upload")
        except authoring.VersionTaken:
            form.add_error("version", _("There is a version of this name. Choose another."))
        else:
            messages.success(request, _("Stored as a draft. Look through it before fielding it."))
            return redirect(survey)
    return _shown(request, draft, form)


def _shown(request: MemberRequest, draft: Draft, form: StoreForm) -> HttpResponse:
    context = {
        "draft": draft,
        "form": form,
        "remarks": draft.remarks[:REMARKS],
        "more": max(0, len(draft.remarks) - REMARKS),
    }
    return render(request, "surveys/build/incoming.html", context)


def _free_version(request: MemberRequest, draft: Draft) -> str:
    """Return the file's version, or one made of it that the file's own questionnaire lacks."""
    surveys = Survey.objects.visible_to(request.user).filter(key=draft.key)
    taken = set(surveys.values_list("version", flat=True))
    version = wanted = str(draft.document["version"])
    number = 1
    while version in taken:
        number += 1
        version = f"{wanted[:16]}-{number}"
    return version
