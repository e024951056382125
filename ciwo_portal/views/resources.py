"""Resources for who runs events: organisers all of them, facilitators their communities'."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import concurrency, confirming, holding
from accounts.http import MemberRequest
from agencies.permissions import facilitator_required
from ciwo_portal import hanging
from ciwo_portal.hanging import Place
from library import keeping
from library.forms import ResourceForm
from library.models import Resource, ResourceVersion
from sessions.models import PracticeSession

PAGE = 25
VERSIONS = 20


@facilitator_required
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """List the resources that this person keeps, newest first, by words of their titles."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Resource.objects.kept_by(request.user).select_related("community")
    for word in words.split()[:8]:
        rows = rows.filter(title__icontains=word)
    page = Paginator(rows.order_by("-added_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "library/manage_list.html", {"page": page, "words": words})


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: MemberRequest) -> HttpResponse:
    """Add a file or link, and hang it on the event that the address names."""
    place = _place(request, request.GET.get("for", ""))
    community = place.community if isinstance(place, PracticeSession) else None
    form = ResourceForm(
        request.POST or None, request.FILES or None, by=request.user, community=community
    )
    if request.method == "POST" and form.is_valid():
        resource = hanging.add(
            uid=form.cleaned_data["uid"],
            details=form.details(),
            topics=form.cleaned_data["topics"],
            upload=form.cleaned_data["file"],
            to=place,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("“%s” is added.") % resource.title)
        _tell_of(request, form)
        return redirect(_home(place, resource))
    context = {"form": form, "resource": None, "place": place, "back_url": _home(place, None)}
    return render(request, "library/manage_form.html", context)


@holding.keeps_typed
@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Change a resource; show where it hangs and how often it was taken."""
    resource = _kept(request, uid)
    typed = request.POST or holding.typed(request)
    form = ResourceForm(typed, request.FILES or None, by=request.user, resource=resource)
    if request.method == "POST" and form.is_valid() and _is_changed(resource, form):
        messages.success(request, _("Saved."))
        _tell_of(request, form)
        return redirect("library:manage-edit", uid)
    places = [
        (place, hanging.word(place), hanging.manage_url(place))
        for place in hanging.places(resource, request.user)
    ]
    context = {"form": form, "resource": resource, "places": places, "back_url": _home(None, None)}
    context |= {"offered": hanging.offered(request.user), "taken": resource.downloads.count()}
    context["versions"] = resource.versions.newest_first()[:VERSIONS]
    return render(request, "library/manage_form.html", context)


@facilitator_required
@require_POST
def remove(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Take a resource away from everywhere and erase its file."""
    resource = _kept(request, uid)
    keeping.remove(resource=resource)
    messages.success(request, _("“%s” is removed.") % resource.title)
    return redirect("library:manage-list")


@facilitator_required
@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Say that it cannot be undone, then erase an earlier version of a resource."""
    version = get_object_or_404(ResourceVersion.objects.visible_to(request.user), uid=uid)
    if request.method != "POST":
        asked: confirming.Asked = {
            "question": _("Erase %(version)s?") % {"version": version},
            "subject": version.resource.title,
            "effects": [
                _("The file of this earlier version is erased. This cannot be undone."),
                _("Readers notice nothing: they see the newest version."),
            ],
            "submit": _("Erase"),
            "back_url": reverse("library:manage-edit", args=[version.resource.uid]),
        }
        return confirming.ask(request, asked)
    keeping.forget(version=version)
    messages.success(request, _("The earlier version is erased."))
    return redirect("library:manage-edit", version.resource.uid)


@facilitator_required
@require_POST
def attach(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Hang a resource on an event."""
    resource, place = _kept(request, uid), _place(request, request.POST.get("to", ""))
    if place is None:
        messages.error(request, _("Choose a webinar or a session first."))
        return redirect("library:manage-edit", uid)
    hanging.attach(resource=resource, to=place)
    messages.success(request, _("“%s” has it now.") % place.title)
    return redirect("library:manage-edit", uid)


@facilitator_required
@require_POST
def detach(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Take a resource off an event; it stays in the library."""
    resource = get_object_or_404(Resource.objects.visible_to(request.user), uid=uid)
    place = _place(request, request.POST.get("of", ""))
    if place is None:
        raise Http404
    hanging.detach(resource=resource, of=place)
    messages.success(request, _("“%s” is taken off.") % resource.title)
    return redirect(hanging.manage_url(place))


def _is_changed(resource: Resource, form: ResourceForm) -> bool:
    """Change it, unless a colleague has meanwhile: then the form says so."""
    given = form.cleaned_data
    said = {"details": form.details(), "topics": given["topics"], "seen": given["seen"]}
    try:
        keeping.change(resource=resource, upload=given["file"], now=timezone.now(), **said)
    except concurrency.ChangedMeanwhile as clash:
        concurrency.warn(form, clash)
        resource.refresh_from_db()
        return False
    return True


def _tell_of(request: MemberRequest, form: ResourceForm) -> None:
    """Say which addresses from elsewhere the file names."""
    file = form.cleaned_data["file"]
    if file and file.note:
        messages.warning(request, file.note)


def _kept(request: MemberRequest, uid: UUID) -> Resource:
    kept = Resource.objects.kept_by(request.user).select_related("community")
    return get_object_or_404(kept, uid=uid)


def _place(request: MemberRequest, text: str) -> Place | None:
    """Return the event that is named, if any; one that the person does not run is not there."""
    place = hanging.find(text, request.user)
    if text and place is None:
        raise Http404
    return place


def _home(place: Place | None, resource: Resource | None) -> str:
    if place is not None:
        return hanging.manage_url(place)
    if resource is not None:
        return reverse("library:manage-edit", args=[resource.uid])
    return reverse("library:manage-list")
