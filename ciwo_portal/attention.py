"""What waits for an organiser: the counts, how long, and where to go."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Min, Q, When
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Membership
from library.models import Resource
from notifications import relaying
from notifications.models import Notification, overdue
from surveys.counting import PANEL_BEFORE
from surveys.models import Figure, Wave
from webinars.models import Registration, Webinar

WAVES = 5
WEBINARS = 5
SENT_WITHIN = timedelta(minutes=5)  # what takes longer is worth a look
FAULTY = (Notification.State.FAILED, Notification.State.PARKED)


@dataclass(frozen=True)
class Matter:
    """One thing that waits, with the page on which it is dealt with."""

    number: int
    title: str
    text: str
    url: str
    action: str


def matters(now: datetime) -> list[Matter]:
    """Return what waits, most pressing first; nothing that nobody waits for."""
    found = [*_published(), _people(now), *_places(now), *_slides(now)]
    found += [_relay(now), *_mail(now), *_surveys(now)]
    return [matter for matter in found if matter.number]


def _published() -> list[Matter]:
    """Return the waves whose published totals tell what single agencies said."""
    is_before = Q(group=PANEL_BEFORE)  # made of the earlier wave's answers, and tried with it
    wave = Case(When(is_before, then="release__earlier"), default="release__wave")
    counted = Counter(Figure.objects.alarming().annotate(wave=wave).values_list("wave", flat=True))
    waves = Wave.objects.filter(pk__in=counted).order_by("-closes_at", "-pk")
    return [_alarm(wave, counted[wave.pk]) for wave in waves[:WAVES]]


def _alarm(wave: Wave, number: int) -> Matter:
    title = ngettext(
        "Published figure tells what single agencies said: %(wave)s",
        "Published figures tell what single agencies said: %(wave)s",
        number,
    )
    return Matter(
        number,
        title % {"wave": wave.title},
        _("Withdraw them now; the page says what can be learned, and by whom."),
        reverse("surveys:manage-releases", args=[wave.slug]),
        _("See and withdraw"),
    )


def _people(now: datetime) -> Matter:
    waiting = Membership.objects.pending().order_by()
    row = waiting.aggregate(number=Count("pk"), oldest=Min("asked_at"))
    number, oldest = row["number"], row["oldest"]
    return Matter(
        number,
        ngettext("Person waits for approval", "People wait for approval", number),
        _("The first has waited for %(time)s.") % {"time": timesince(oldest, now)}
        if oldest
        else "",
        reverse("agencies:manage-memberships"),
        _("Review the requests"),
    )


def _places(now: datetime) -> list[Matter]:
    """Return the coming webinars for which somebody's registration waits, soonest first."""
    asked = Q(registrations__state=Registration.State.PENDING, starts_at__gt=now)
    webinars = Webinar.objects.upcoming(now).announced().filter(asked)
    counted = webinars.annotate(number=Count("pk"), oldest=Min("registrations__joined_at"))
    return [_places_of(webinar, now) for webinar in counted[:WEBINARS]]


def _places_of(webinar: Any, now: datetime) -> Matter:
    title = ngettext(
        "Registration waits for approval: %(webinar)s",
        "Registrations wait for approval: %(webinar)s",
        webinar.number,
    )
    return Matter(
        webinar.number,
        title % {"webinar": webinar.title},
        _("The first has waited for %(time)s.") % {"time": timesince(webinar.oldest, now)},
        reverse("webinars:manage-approvals", args=[webinar.slug]),
        _("Approve or decline"),
    )


def _slides(now: datetime) -> list[Matter]:
    """Return the coming webinars whose speakers brought slides that nobody has looked at."""
    brought = Q(presenters__slides__visibility=Resource.Visibility.ORGANISERS)
    webinars = Webinar.objects.upcoming(now).filter(brought).annotate(number=Count("pk"))
    return [_slides_of(webinar) for webinar in webinars[:WEBINARS]]


def _slides_of(webinar: Any) -> Matter:
    title = ngettext(
        "Speaker has sent slides: %(webinar)s",
        "Speakers have sent slides: %(webinar)s",
        webinar.number,
    )
    return Matter(
        webinar.number,
        title % {"webinar": webinar.title},
        _("Nobody else sees them before you say who may."),
        reverse("webinars:manage-speakers", args=[webinar.slug]),
        _("Look at them"),
    )


def _mail(now: datetime) -> list[Matter]:
    log = reverse("notifications:manage-log")
    late = overdue(now - SENT_WITHIN)
    row = Notification.objects.aggregate(
        failed=Count("pk", filter=Q(state__in=FAULTY)),
        late=Count("pk", filter=late),
        oldest=Min("due_at", filter=late),
    )
    failed, number, oldest = row["failed"], row["late"], row["oldest"]
    words = _("Refused by the mail server, or set aside after repeated faults.")
    return [
        Matter(
            failed,
            ngettext("Message was not delivered", "Messages were not delivered", failed),
            words,
            f"{log}?state={FAULTY[0]}",
            _("Open the delivery log"),
        ),
        Matter(
            number,
            ngettext("Message is due and not sent", "Messages are due and not sent", number),
            _("The oldest has been due for %(time)s.") % {"time": timesince(oldest, now)}
            if oldest
            else "",
            f"{log}?state=pending",
            _("See which"),
        ),
    ]


def _relay(now: datetime) -> Matter:
    """Say since when nothing goes out, and why."""
    relay = relaying.current()
    text = _(
        "Nothing has gone out for %(time)s. What is owed is kept, and one message is tried every "
        "few minutes. The server says: %(words)s"
    )
    since = relay.stopped_at if relay else None
    return Matter(
        int(relay is not None),
        _("The mail server refuses everything"),
        text % {"time": timesince(since, now), "words": relay.reason} if relay and since else "",
        reverse("notifications:manage-log") + "?state=pending",
        _("See what waits"),
    )


def _surveys(now: datetime) -> list[Matter]:
    waves = Wave.objects.taking_answers(now).with_counts().order_by("closes_at", "pk")
    return [_survey(wave) for wave in waves[:WAVES]]


def _survey(wave: Any) -> Matter:
    missing: int = wave.asked - wave.submitted
    title = ngettext(
        "Agency has not submitted: %(wave)s", "Agencies have not submitted: %(wave)s", missing
    )
    text = _("%(asked)s are asked, %(started)s have started. It closes on %(day)s.")
    closes_on = wave.closes_at.astimezone(wave.zone)
    return Matter(
        missing,
        title % {"wave": wave.title},
        text
        % {
            "asked": wave.asked,
            "started": wave.started,
            "day": f"{closes_on:%B} {closes_on.day}",
        },
        reverse("surveys:manage-detail", args=[wave.slug]),
        _("See who has answered"),
    )
