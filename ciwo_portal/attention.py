"""What waits for an organiser: the counts, how long, and where to go."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Min, Q, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Membership
from ciwo_portal import event_matters, mail_matters
from ciwo_portal.matters import MOST, Kind, Matter
from surveys.counting import PANEL_BEFORE
from surveys.models import Figure, Wave


def matters(now: datetime) -> list[Matter]:
    """Return what waits, most pressing first; nothing that nobody waits for."""
    found = [*_published(), *event_matters.join_links(now), *event_matters.access(now)]
    found += [_people(now), *event_matters.places(now), *event_matters.slides(now)]
    found += [*event_matters.drafts(now), *event_matters.attendance(now), *_coordinators()]
    found += [*mail_matters.all_of(now), *_surveys(now)]
    return [matter for matter in found if matter.number]


def counts(now: datetime) -> dict[Kind, int]:
    """Count what waits by its kind: the same numbers as the page's."""
    numbers = Counter(dict.fromkeys(Kind, 0))
    for matter in matters(now):
        numbers[matter.kind] += matter.number
    return dict(numbers)


def _published() -> list[Matter]:
    """Return the waves whose published totals tell what single agencies said."""
    is_before = Q(group=PANEL_BEFORE)  # made of the earlier wave's answers, and tried with it
    wave = Case(When(is_before, then="release__earlier"), default="release__wave")
    counted = Counter(Figure.objects.alarming().annotate(wave=wave).values_list("wave", flat=True))
    waves = Wave.objects.filter(pk__in=counted).order_by("-closes_at", "-pk")
    return [_alarm(wave, counted[wave.pk]) for wave in waves[:MOST]]


def _alarm(wave: Wave, number: int) -> Matter:
    title = ngettext(
        "Published figure tells what single agencies said: %(wave)s",
        "Published figures tell what single agencies said: %(wave)s",
        number,
    )
    return Matter(
        Kind.FINDINGS,
        number,
        title % {"wave": wave.title},
        _("Withdraw them now; the page says what can be learned, and by whom."),
        reverse("surveys:manage-releases", args=[wave.slug]),
        _("See and withdraw"),
    )


def _people(now: datetime) -> Matter:
    """Return the requests on which nobody of the agency decides."""
    waiting = Membership.objects.for_organisers().order_by()
    row = waiting.aggregate(number=Count("pk"), oldest=Min("asked_at"))
    number, oldest = row["number"], row["oldest"]
    return Matter(
        Kind.PEOPLE,
        number,
        ngettext("Person waits for approval", "People wait for approval", number),
        _("The first has waited for %(time)s.") % {"time": timesince(oldest, now)}
        if oldest
        else "",
        reverse("agencies:manage-memberships"),
        _("Review the requests"),
    )


def _coordinators() -> list[Matter]:
    """Return the agencies whose people have nobody who speaks for them, by name."""
    members = Count("pk", filter=Q(memberships__status=Membership.Status.ACTIVE))
    speaking = Membership.objects.coordinating().filter(person__is_active=True)
    alone = Agency.objects.exclude(memberships__in=speaking).annotate(number=members)
    return [_alone(one) for one in alone.filter(number__gt=0).in_order_of_names()[:MOST]]


def _alone(agency: Any) -> Matter:
    text = ngettext("%d person belongs to it.", "%d people belong to it.", agency.number)
    chosen = urlencode({"agency": agency.slug, "role": Membership.Role.COORDINATOR})
    return Matter(
        Kind.COORDINATORS,
        agency.number,
        _("Agency has no coordinator: %s") % agency,
        text % agency.number + " " + _("Nobody of them can let colleagues in or submit a survey."),
        f"{reverse('agencies:manage-admit')}?{chosen}",
        _("Name one"),
    )


def _surveys(now: datetime) -> list[Matter]:
    waves = Wave.objects.taking_answers(now).with_counts().order_by("closes_at", "pk")
    return [_survey(wave) for wave in waves[:MOST]]


def _survey(wave: Any) -> Matter:
    missing: int = wave.asked - wave.submitted
    title = ngettext(
        "Agency has not submitted: %(wave)s", "Agencies have not submitted: %(wave)s", missing
    )
    text = _("%(asked)s are asked, %(started)s have started. It closes on %(day)s.")
    closes_on = wave.closes_at.astimezone(wave.zone)
    return Matter(
        Kind.SURVEYS,
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
