"""What is left to do when a webinar is over, step by step."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.models import Attendance, Certificate, Recording, ReportedPerson
from webinars.models import Webinar


@dataclass(frozen=True)
class Step:
    """One step: what it is, where it stands, and where it is done."""

    title: str
    text: str
    url: str
    is_done: bool


def steps(webinar: Webinar) -> list[Step]:
    """Return the steps of closing a webinar in their order.

    Of one whose hours are not on record the recording can be put up; minutes are counted within
    hours, which have to be said first.
    """
    if webinar.starts_at is None:
        return [_timed(webinar), _recording(webinar)]
    return [*_attendance(webinar), _recording(webinar), _pulse(webinar)]


def _timed(webinar: Webinar) -> Step:
    url = reverse("webinars:manage-edit", args=[webinar.slug])
    text = _("Say first when it began and ended: minutes are counted within these hours.")
    return Step(_("Attendance"), text, url, is_done=False)


def _attendance(webinar: Webinar) -> list[Step]:
    held = Certificate.objects.standing().filter(webinar=webinar, person=OuterRef("person"))
    rows = Attendance.objects.filter(webinar=webinar).annotate(has_one=Exists(held))
    came = Q(attended=True)
    found = rows.aggregate(
        counted=Count("pk"),
        came=Count("pk", filter=came),
        lacking=Count("pk", filter=came & Q(has_one=False)),
    )
    open_ = ReportedPerson.objects.filter(
        report__webinar=webinar,
        report__confirmed_at__isnull=False,
        standing=ReportedPerson.Standing.OPEN,
    ).count()
    return [
        _counted(webinar, found["counted"], found["came"], open_),
        _certified(webinar, found["came"], found["lacking"]),
    ]


def _counted(webinar: Webinar, counted: int, came: int, unknown: int) -> Step:
    url = reverse("records:attendance", args=[webinar.slug])
    if not counted:
        return Step(_("Attendance"), _("No report has been counted."), url, is_done=False)
    text = ngettext("%d person attended.", "%d people attended.", came) % came
    if unknown:
        more = ngettext("%d is not known yet.", "%d are not known yet.", unknown)
        text = f"{text} {more % unknown}"
    return Step(_("Attendance"), text, url, is_done=not unknown)


def _certified(webinar: Webinar, came: int, lacking: int) -> Step:
    url, title = reverse("records:certificates", args=[webinar.slug]), _("Certificates")
    if not came:
        return Step(title, _("They follow attendance."), url, is_done=False)
    if not lacking:
        return Step(title, _("Everybody who attended has one."), url, is_done=True)
    words = ngettext("%d can be issued.", "%d can be issued.", lacking)
    return Step(title, words % lacking, url, is_done=False)


def _recording(webinar: Webinar) -> Step:
    url, title = reverse("records:manage-recording", args=[webinar.slug]), _("Recording")
    kept = Recording.objects.filter(webinar=webinar).first()
    if kept is None:
        return Step(title, _("It is not there yet."), url, is_done=False)
    missing = kept.missing()
    if kept.published_at is not None and not missing:
        return Step(title, _("It is out."), url, is_done=True)
    text = _("Missing: %s.") % "; ".join(missing) if missing else _("It is ready to come out.")
    return Step(title, text, url, is_done=False)


def _pulse(webinar: Webinar) -> Step:
    url = reverse("records:pulse-results", args=[webinar.slug])
    number = webinar.pulse.of_those_there().count()
    text = ngettext("%d person has answered.", "%d people have answered.", number) % number
    return Step(_("What people thought"), text, url, is_done=bool(number))
