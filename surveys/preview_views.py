"""Look at a questionnaire as each of those who will meet it; nothing is stored or sent.

These views show the real pages' templates to an agency that does not exist. The pages' links stay
inside the preview, since surveys/preview_urls.py gives them addresses of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MemberRequest
from agencies.permissions import organiser_required
from surveys import asking, cells, previewing, sharing, submitting, teamwork, wording
from surveys.inquiry_forms import InquiryForm
from surveys.models import Question, Survey
from surveys.previewing import INSIDE, PAGES, READ, Role, Seat, Trial
from surveys.reading import Part, Sheet
from surveys.team_forms import GiveForm, ReturnForm, ReviewerForm

PRESSED = ("stay", "later", "ready", "resolve")  # a section's buttons that do more than go on
STAYS = ("preview", "clear", *PRESSED)
NOTES = {
    Role.COORDINATOR: gettext_lazy(
        "The coordinator gives sections to colleagues, looks through everything, decides who may "
        "see what, and submits."
    ),
    Role.COLLEAGUE: gettext_lazy("Anyone whom the agency has approved fills in sections."),
    Role.REVIEWER: gettext_lazy(
        "The reviewer looks through a section that is ready, and signs it off or returns it."
    ),
    Role.MEMBER: gettext_lazy(
        "Staff of other agencies read what is public or named to fellow agencies, once it is "
        "submitted. Totals come apart from it, when they are published."
    ),
    Role.ORGANISER: gettext_lazy(
        "Organizers read all answers once they are submitted, not before."
    ),
    Role.VISITOR: gettext_lazy(
        "Everybody reads public answers, and published totals, which name nobody."
    ),
}
Page = tuple[str, dict[str, Any]]  # a template and what it needs


@dataclass(frozen=True)
class Scene:
    """Who looks at which page, and what has been entered."""

    request: MemberRequest
    seat: Seat
    trial: Trial
    now: datetime
    key: str  # the question or section that the address names

    @property
    def sheet(self) -> Sheet:
        """The answers laid out."""
        return self.trial.sheet

    @property
    def part(self) -> Part:
        """The section that the address names, or the first."""
        return self.sheet.part(self.key or self.request.GET.get("section", "")) or self.parts[0]

    @property
    def parts(self) -> list[Part]:
        """All sections."""
        return self.sheet.parts

    @property
    def is_checked(self) -> bool:
        """Whether the answers of the page were sent, so that it says what is wrong with them."""
        return self.request.method == "POST" and any(
            f"seen.{item.question.key}" in self.request.POST for item in self.part.items
        )


@organiser_required
@require_safe
def start(request: MemberRequest, key: str, version: str) -> HttpResponse:
    """Begin as a colleague who fills in a section."""
    survey = _survey(request, Seat(key, version, Role.COLLEAGUE))
    seat = Seat(survey.key, survey.version, Role.COLLEAGUE)
    query = {"section": request.GET["section"]} if "section" in request.GET else None
    return redirect(reverse("preview:respond", args=[seat], query=query))


@organiser_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(
    request: MemberRequest, /, slug: Seat, page: str, section: str = "", key: str = "", **more: str
) -> HttpResponse:
    """Show one page with what was entered; what its buttons would do is not done."""
    survey = _survey(request, slug)
    page = page or PAGES[slug.role][0]
    if page not in PAGES[slug.role]:
        raise Http404
    asked, now = previewing.questions(survey), timezone.now()
    if not asked:
        return render(request, "surveys/build/preview_empty.html", {"survey": survey})
    trial = _trial(request, slug, asked, page, now)
    scene = Scene(request, slug, trial, now, section or key)
    template, context = SHOWN[page](scene)
    context["preview"] = _bar(scene, template)
    return render(request, "surveys/build/preview.html", context)


def _survey(request: MemberRequest, seat: Seat) -> Survey:
    surveys = Survey.objects.visible_to(request.user)
    return get_object_or_404(surveys, key=seat.key, version=seat.version)


def _trial(
    request: MemberRequest, seat: Seat, asked: list[Question], page: str, now: datetime
) -> Trial:
    """Lay out what was entered; pages that only show answers begin with examples."""
    fields = previewing.entered(request.POST, asked)
    is_silent = page in READ and not previewing.says_something(fields)
    if is_silent or request.POST.get("preview") == "examples":
        return previewing.trial(seat, asked, None, now)
    return previewing.trial(seat, asked, fields, now)


def _bar(scene: Scene, template: str) -> dict[str, Any]:
    """Return what stands above the page: whose it is, and what can be done in a preview."""
    post, seat = scene.request.POST, scene.seat
    is_sent = scene.request.method == "POST"
    is_act = is_sent and ("entered" not in post or post.get("preview") == "acted")
    query = {"section": scene.part.section.key}
    pages = [
        (label, reverse(f"preview:{name}", args=[str(seat), *more], query=query), name)
        for name, label, more in _pages(scene)
    ]
    return {
        "template": template,
        "survey": scene.sheet.response.wave.survey,
        "role": seat.role,
        "note": NOTES[seat.role],
        "roles": [(role, role.label, _home(replace(seat, role=role), query)) for role in Role],
        "pages": pages,
        "here": scene.request.resolver_match.url_name if scene.request.resolver_match else "",
        "home": reverse("surveys:manage-survey", args=[seat.key, seat.version]) + "preview/",
        "carried": scene.trial.carried,
        "is_example": scene.trial.is_example,
        "is_act": is_act or any(name in post for name in PRESSED),
        "has_form": template == "surveys/respond.html",
    }


def _pages(scene: Scene) -> list[tuple[str, str, list[str]]]:
    """Return the pages that the role can go to, with their names and what their address needs."""
    if scene.seat.role not in INSIDE:
        return []
    return [
        ("overview", _("Who does what"), []),
        ("respond", _("Fill in"), []),
        ("section", _("Look through"), [scene.part.section.key]),
        ("review", _("Review and submit"), []),
    ]


def _home(seat: Seat, query: dict[str, str]) -> str:
    """Return the address of a role's first page."""
    name = PAGES[seat.role][0]
    more = [query["section"]] if name == "section" else []
    return reverse(f"preview:{name}", args=[str(seat), *more], query=query)


def _respond(scene: Scene) -> Page:
    """Show a section; the survey's own button goes on to the next once nothing is wrong."""
    part, post = scene.part, scene.request.POST
    asked = previewing.shown(scene.trial, part, is_checked=scene.is_checked)
    wrong = [one for one in asked if one.error]
    if "entered" in post and not wrong and not any(name in post for name in STAYS):
        after = scene.sheet.after(part)
        if after is None:
            return _review(scene)
        part, asked = after, previewing.shown(scene.trial, after, is_checked=False)
    return "surveys/respond.html", _team(scene, part) | {
        "questions": asked,
        "wrong": wrong,
        "next": scene.sheet.after(part),
        "refusal": "",
        "is_held": False,
        "may_ready": True,
        "elsewhere": asking.elsewhere(scene.sheet, part),
    }


def _team(scene: Scene, part: Part) -> dict[str, Any]:
    """Return what the pages of an agency's team need."""
    desks = [
        previewing.desk(one, scene.seat.role, scene.request.user, scene.now) for one in scene.parts
    ]
    return {
        "sheet": scene.sheet,
        "part": part,
        "desks": desks,
        "desk": desks[scene.parts.index(part)],
        "agency": scene.sheet.response.agency.slug,
        "closes": _("on the day that you choose for the wave"),
        "signs": scene.seat.role == Role.REVIEWER,
        "is_open": True,
    }


def _overview(scene: Scene) -> Page:
    people = previewing.people()
    gives = scene.seat.role == Role.COORDINATOR
    mine = [people["colleague"], people["reviewer"]]
    team = _team(scene, scene.part)
    return "surveys/overview.html", team | {
        "rows": [
            (desk, GiveForm(prefix=desk.part.section.key, people=mine) if gives else None)
            for desk in team["desks"]
        ],
        "talks": [],
        "is_named": not gives,
        "reviewers": [people["coordinator" if gives else "reviewer"]],
        "naming": ReviewerForm(people=mine) if gives else None,
        "wrong": None,
    }


def _section(scene: Scene) -> Page:
    team = _team(scene, scene.part)
    is_reviewer = scene.seat.role == Role.REVIEWER
    return "surveys/section.html", team | {
        "items": [(item, []) for item in scene.part.items],
        "edition": teamwork.edition(teamwork.answers_of(scene.part)),
        "returning": ReturnForm(),
        "may_decide": is_reviewer,
        "may_ready": not is_reviewer,
    }


def _review(scene: Scene) -> Page:
    is_open, role = scene.seat.role in INSIDE, scene.seat.role
    is_coordinator = role == Role.COORDINATOR
    return "surveys/review.html", {
        "sheet": scene.sheet,
        "gaps": submitting.check(scene.sheet, scene.now) if is_open else [],
        "unsigned": [part for part in scene.parts if part.total] if is_open else [],
        "must_be_signed": False,
        "doubts": previewing.doubts(scene.trial) if is_open else [],
        "shared": sharing.counts(scene.sheet),
        "levels": sharing.levels() if is_coordinator else [],
        "promise": wording.promise(scene.sheet.response.wave.widest_sharing),
        "cap_change": None,
        "changes": [],
        "is_open": is_open,
        "opens": "",
        "closes": _("on the day that you choose for the wave"),
        "is_ahead": False,
        "is_mine": is_open,
        "may_submit": is_coordinator,
        "coordinators": [str(previewing.people()["coordinator"])],
        "reopening": None,
    }


def _printed(scene: Scene) -> Page:
    parts = [(part, asking.shown(part)) for part in scene.parts]
    return "surveys/printed.html", {"sheet": scene.sheet, "parts": parts}


def _findings(scene: Scene) -> Page:
    column = previewing.column(scene.trial, scene.seat.role)
    questions = [item.question for item in scene.sheet.items]
    if not column.given:
        return "surveys/build/preview_unseen.html", {}
    return "surveys/findings_agency.html", _public(scene) | {
        "column": column,
        "parts": cells.by_section(questions, column),
    }


def _cell(scene: Scene) -> Page:
    column = previewing.column(scene.trial, scene.seat.role)
    by_key = {item.question.key: item.question for item in scene.sheet.items}
    if not column.given:
        return "surveys/build/preview_unseen.html", {}
    if scene.key not in by_key:
        raise Http404
    found = cells.seen(by_key[scene.key], column, by_key)
    return "surveys/findings_cell.html", _public(scene) | {
        "found": found,
        "notes": [],
        "mine": [],
        "form": InquiryForm(),
        "may_ask": scene.seat.role == Role.MEMBER and bool(found.said),
        "is_reachable": True,
        "is_reached": True,
    }


def _public(scene: Scene) -> dict[str, Any]:
    """Return what the pages need on which others read an agency's answers."""
    response, people = scene.sheet.response, previewing.people()
    return {
        "wave": response.wave,
        "response": response,
        "owed": None,
        "answered_on": wording.day(response.wave, scene.now),
        "contacts": [people["coordinator"]] if scene.seat.role == Role.MEMBER else [],
    }


SHOWN: dict[str, Callable[[Scene], Page]] = {
    "overview": _overview,
    "respond": _respond,
    "section": _section,
    "review": _review,
    "print": _printed,
    "findings": _findings,
    "cell": _cell,
}
