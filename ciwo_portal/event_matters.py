"""What webinars and sessions wait for: approvals, links, access, an announcement, a count."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ciwo_portal.matters import MOST, Kind, Matter
from library.models import Resource
from records.models import Attendance
from sessions.models import PracticeSession
from webinars.models import AccessNeed, Registration, Webinar

LINKED_BEFORE = timedelta(days=2)  # reminders with the link go out a day before
ANNOUNCED_BEFORE = timedelta(days=7)
COUNTED_WITHIN = timedelta(days=60)  # later no vendor has the report any more
_APPS: tuple[tuple[str, Any], ...] = (("webinars", Webinar), ("sessions", PracticeSession))


def places(now: datetime) -> list[Matter]:
    """Return the coming webinars for which somebody's registration waits, soonest first."""
    asked = Q(registrations__state=Registration.State.PENDING, starts_at__gt=now)
    webinars = Webinar.objects.upcoming(now).announced().filter(asked)
    counted = webinars.annotate(number=Count("pk"), oldest=Min("registrations__joined_at"))
    return [_places_of(webinar, now) for webinar in counted[:MOST]]


def _places_of(webinar: Any, now: datetime) -> Matter:
    title = ngettext(
        "Registration waits for approval: %(webinar)s",
        "Registrations wait for approval: %(webinar)s",
        webinar.number,
    )
    return Matter(
        Kind.PLACES,
        webinar.number,
        title % {"webinar": webinar.title},
        _("The first has waited for %(time)s.") % {"time": timesince(webinar.oldest, now)},
        reverse("webinars:manage-approvals", args=[webinar.slug]),
        _("Approve or decline"),
    )


def slides(now: datetime) -> list[Matter]:
    """Return the coming webinars whose speakers brought slides that nobody has looked at."""
    brought = Q(presenters__slides__visibility=Resource.Visibility.ORGANISERS)
    webinars = Webinar.objects.upcoming(now).filter(brought).annotate(number=Count("pk"))
    return [_slides_of(webinar) for webinar in webinars[:MOST]]


def _slides_of(webinar: Any) -> Matter:
    title = ngettext(
        "Speaker has sent slides: %(webinar)s",
        "Speakers have sent slides: %(webinar)s",
        webinar.number,
    )
    return Matter(
        Kind.SLIDES,
        webinar.number,
        title % {"webinar": webinar.title},
        _("Nobody else sees them before you say who may."),
        reverse("webinars:manage-speakers", args=[webinar.slug]),
        _("Look at them"),
    )


def drafts(now: datetime) -> list[Matter]:
    """Return the drafts whose day is near or past and that no clock will announce in time."""
    near = Q(held_on__lte=(now + ANNOUNCED_BEFORE).date())
    is_timed = Q(publish_at__lt=F("starts_at"), starts_at__gt=now)
    found = []
    for app, model in _APPS:
        rows = model.objects.filter(near, state=model.State.DRAFT)
        rows = rows.exclude(is_timed) if model is Webinar else rows
        found += [_draft(app, one, now) for one in rows.order_by("held_on", "pk")[:MOST]]
    return found


def _draft(app: str, event: Any, now: datetime) -> Matter:
    has_begun = event.starts_at is not None and event.starts_at <= now
    if has_begun or event.was_held(now):
        title = _("Its day has come, and it was not published: %s")
        text = _("Publish it for the record once it is over, give it another day, or delete it.")
    else:
        title = _("Still a draft: %s")
        text = _("Nobody knows of it, and it is planned for %(day)s.")
    day = f"{event.held_on:%B} {event.held_on.day}"
    url = reverse(f"{app}:manage-detail", args=[event.slug])
    return Matter(Kind.DRAFTS, 1, title % event.title, text % {"day": day}, url, _("See the draft"))


def join_links(now: datetime) -> list[Matter]:
    """Return what begins within two days, or has begun, and cannot be joined."""
    found = []
    for app, model in _APPS:
        rows = model.objects.upcoming(now).filter(
            state=model.State.PUBLISHED, join_url="", starts_at__lte=now + LINKED_BEFORE
        )
        found += [_unlinked(app, event) for event in rows[:MOST]]
    return found


def _unlinked(app: str, event: Any) -> Matter:
    return Matter(
        Kind.JOIN_LINKS,
        1,
        _("No join link: %s") % event.title,
        _("It begins within two days, and nobody could join."),
        reverse(f"{app}:manage-edit", args=[event.slug]) + "#id_join_url",
        _("Add the link"),
    )


def access(now: datetime) -> list[Matter]:
    """Return the coming webinars for which what somebody needs is not arranged, soonest first."""
    needs = AccessNeed.objects.standing().filter(state=AccessNeed.State.OPEN)
    rows = Webinar.objects.upcoming(now).filter(state=Webinar.State.PUBLISHED)
    is_open = Q(registrations__access_needs__in=needs.order_by())
    webinars = rows.filter(is_open).annotate(number=Count("registrations__access_needs"))
    return [_access_to(webinar) for webinar in webinars[:MOST]]


def _access_to(webinar: Any) -> Matter:
    title = ngettext(
        "Access need is not arranged: %(webinar)s",
        "Access needs are not arranged: %(webinar)s",
        webinar.number,
    )
    day = f"{webinar.held_on:%B} {webinar.held_on.day}"
    return Matter(
        Kind.ACCESS,
        webinar.number,
        title % {"webinar": webinar.title},
        _("The webinar is on %(day)s.") % {"day": day},
        reverse("webinars:manage-access", args=[webinar.slug]),
        _("Arrange and say so"),
    )


def attendance(now: datetime) -> list[Matter]:
    """Return the webinars of late of which nobody has counted who came, newest first."""
    over = Webinar.objects.past(now).filter(
        state=Webinar.State.PUBLISHED, ends_at__gt=now - COUNTED_WITHIN
    )
    seated = Count("pk", filter=Q(registrations__state=Registration.State.REGISTERED))
    is_counted = Exists(Attendance.objects.filter(webinar=OuterRef("pk")))
    webinars = over.filter(~is_counted).annotate(number=seated).filter(number__gt=0)
    return [_uncounted(webinar) for webinar in webinars[:MOST]]


def _uncounted(webinar: Any) -> Matter:
    text = ngettext("%d person held a seat.", "%d people held seats.", webinar.number)
    return Matter(
        Kind.ATTENDANCE,
        webinar.number,
        _("Attendance is not counted: %s") % webinar.title,
        text % webinar.number + " " + _("Certificates follow the count."),
        reverse("records:attendance", args=[webinar.slug]),
        _("Count who came"),
    )
