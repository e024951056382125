"""The organisers' pages on which published figures are looked at and withdrawn."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import comparing, totals, withdrawing
from surveys.forms import WithdrawalForm
from surveys.models import Question, Release, Wave
from surveys.withdrawing import Target

SHOWN = 50  # withdrawals of one wave
FIGURES = 500  # of one question


@dataclass(frozen=True)
class Part:
    """What goes with a target: a question in one release, and how many of its figures."""

    release: Release
    question: Question
    number: int


@organiser_required
@require_safe
def release(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """List the questions of a release, how many figures of each are shown, and what went."""
    release = _release(request, slug, number)
    figures = release.figures.values_list("question__key", "number", "withdrawal")
    counted: dict[str, Counter[str]] = {}
    for key, shown, withdrawal in figures:
        state = "withdrawn" if withdrawal else "hidden" if shown is None else "shown"
        counted.setdefault(key, Counter())[state] += 1
    questions = comparing.questions_of(release.wave.survey)
    context = {
        "wave": release.wave,
        "release": release,
        "questions": [(one, counted[one.key]) for one in questions if one.key in counted],
        "withdrawals": withdrawing.told(
            withdrawing.history(release.wave).filter(release=release)[:SHOWN]
        ),
        "is_withdrawn": withdrawing.is_withdrawn(Target(release)),
    }
    return render(request, "surveys/manage_release.html", context)


@organiser_required
@require_safe
def question(request: MemberRequest, slug: str, number: int, key: str) -> HttpResponse:
    """Show each figure of a question in a release, with what it says and a way to withdraw it."""
    release = _release(request, slug, number)
    asked = get_object_or_404(release.wave.survey.questions, key=key)
    found = release.figures.filter(question__key=key).select_related("question", "withdrawal")
    rows = [
        (one, totals.place(one.question, one.part, one.group), totals.says(one))
        for one in found.order_by("pk")[:FIGURES]
    ]
    if not rows:
        raise Http404
    context = {
        "wave": release.wave,
        "release": release,
        "question": asked,
        "rows": rows,
        "can_withdraw": not withdrawing.is_withdrawn(Target(release, asked)),
    }
    return render(request, "surveys/manage_release_question.html", context)


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Ask why, show what readers will see instead, then withdraw it for good."""
    target = _target(request, _release(request, slug, number))
    form = WithdrawalForm(request.POST or None)
    parts = _parts(target)
    seen = _seen(parts, form) if form.is_valid() else ""
    if seen and request.POST.get("seen") == seen:
        return _withdrawn(request, target, form)
    context = {
        "wave": target.release.wave,
        "target": target,
        "place": _place(target),
        "parts": parts,
        "form": form,
        "seen": seen,
        "today": timezone.now(),
        "is_withdrawn": withdrawing.is_withdrawn(target),
    }
    return render(request, "surveys/manage_withdraw.html", context)


def _place(target: Target) -> str:
    """Say which figure of the question it is; nothing if it is more than one."""
    if target.question is None or target.group is None:
        return ""
    return totals.place(target.question, target.part, target.group)


def _seen(parts: list[Part], form: WithdrawalForm) -> str:
    """Return a word for what was shown before: the figures that go, and the reason."""
    shown = [(part.release.pk, part.question.pk, part.number) for part in parts]
    return sha256(repr((shown, form.cleaned_data["reason"])).encode()).hexdigest()


def _withdrawn(request: MemberRequest, target: Target, form: WithdrawalForm) -> HttpResponse:
    act = {"by": request.user, "now": timezone.now(), **form.cleaned_data}
    try:
        withdrawing.withdraw(target=target, **act)
    except withdrawing.NothingToWithdraw:
        messages.info(request, _("Nobody sees it any more: it was withdrawn already."))
    else:
        text = _("Withdrawn. No page and no file shows it any more; readers see your reason.")
        messages.success(request, text)
    return redirect("surveys:manage-releases", target.release.wave.slug)


def _release(request: MemberRequest, slug: str, number: int) -> Release:
    wave = get_object_or_404(Wave.objects.visible_to(request.user), slug=slug)
    return get_object_or_404(wave.releases.select_related("wave__survey"), number=number)


def _target(request: MemberRequest, release: Release) -> Target:
    """Return what the address names: a figure if it names a group, a question, or all of it."""
    key, part, group = (request.GET.get(name, "") for name in ("question", "part", "group"))
    if not key:
        return Target(release)
    if "group" not in request.GET:
        return Target(release, get_object_or_404(release.wave.survey.questions, key=key))
    figures = release.figures.select_related("question__survey")
    figure = get_object_or_404(figures, question__key=key, part=part, group=group)
    return Target(release, figure.question, part, group)


def _parts(target: Target) -> list[Part]:
    """Return what goes, by release and question, the newest release first."""
    found = withdrawing.figures(target).select_related("release__wave", "question")
    counted = Counter((one.release, one.question) for one in found.order_by("-release", "question"))
    return [Part(*place, number) for place, number in counted.items()]
