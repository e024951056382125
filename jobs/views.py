"""The page on which one sees how far a job is, and what came of it."""

import structlog
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import MemberRequest
from jobs import queue, running
from jobs.kinds import Order
from jobs.models import Job
from library import files

log = structlog.get_logger(__name__)


@login_required
@require_safe
def detail(request: MemberRequest, uid: str) -> HttpResponse:
    """Show how far it is, and what came of it."""
    job = get_object_or_404(Job.objects.visible_to(request.user), uid=uid)
    may_have = not job.file or running.may_have(request.user, job)
    context = {"job": job, "percent": queue.percent(job), "may_have": may_have}
    return render(request, "jobs/detail.html", context)


def later(request: HttpRequest, order: Order) -> HttpResponse:
    """Let the worker make what a POST asks for; else show the page with the button for it.

    For the views of other apps, where a file is too large to be made while one waits.
    """
    if request.method != "POST":
        return render(request, "jobs/ask.html", {"order": order})
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return redirect(queue.ask(person=request.user, order=order, now=timezone.now()))


@login_required
@require_safe
def file(request: MemberRequest, uid: str) -> HttpResponseBase:
    """Give the file to the person for whom it was made, who may still have what is in it."""
    made = Job.objects.visible_to(request.user).exclude(file="")
    job = get_object_or_404(made, uid=uid)
    if not running.may_have(request.user, job):
        raise Http404
    try:
        return files.serve(request, job.file, job.file_name)
    except FileNotFoundError:
        log.exception("file_is_missing", job=str(job.uid))
        raise Http404 from None
