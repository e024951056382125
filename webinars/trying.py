"""Try a webinar's rules on people who need not exist, before it is published."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies import states
from agencies.models import Agency
from webinars import audience
from webinars.audience import Profile
from webinars.models import Webinar


@dataclass(frozen=True)
class Verdict:
    """What the rules say about one kind of person."""

    who: str
    sees: bool
    refusal: str  # "" for who may register
    waits: bool  # for an organiser's approval


def verdict(webinar: Webinar, who: str, profile: Profile) -> Verdict:
    """Return what the rules say about somebody, as if the webinar were published."""
    refusal = audience.refusal(webinar, profile)
    waits = not refusal and audience.needs_approval(webinar, profile)
    return Verdict(who, audience.is_visible(webinar, profile), refusal, waits)


def verdicts(webinar: Webinar) -> list[Verdict]:
    """Return the verdict on each kind of person there is, in order of their rights.

    Staff stand together by level, and by state as far as the verdict is the same.
    """
    kinds = Agency.objects.order_by("level", "state").values_list("level", "state").distinct()
    found = [
        verdict(webinar, _("A visitor who is not signed in"), Profile(is_signed_in=False)),
        verdict(webinar, _("A participant of no agency"), Profile()),
        *_staff(webinar, list(kinds), frozenset()),
    ]
    if webinar.community is not None:
        inside = webinar.community.agencies.order_by("level", "state").distinct()
        members = frozenset([webinar.community.pk])
        found += _staff(webinar, list(inside.values_list("level", "state")), members)
        facilitator = Profile(communities=members, facilitates=True)
        found.append(verdict(webinar, _("Its facilitator"), facilitator))
    found.append(verdict(webinar, _("An organizer"), Profile(is_organiser=True)))
    return found


def _staff(
    webinar: Webinar, kinds: list[tuple[str, str]], communities: frozenset[int]
) -> list[Verdict]:
    """Return the verdicts on staff and coordinators of such agencies, one for all alike."""
    alike: dict[tuple[str, Verdict], list[str]] = defaultdict(list)
    for level, state in kinds:
        profile = Profile(agencies=frozenset([(level, state)]), communities=communities)
        alike[level, verdict(webinar, "", profile)].append(state)
    labels = dict(Agency.Level.choices)
    if communities:
        text = _("Staff or coordinator of a %(level)s agency of the community: %(states)s")
    else:
        text = _("Staff or coordinator of a %(level)s agency: %(states)s")
    return [
        Verdict(
            text
            % {"level": str(labels[level]).lower(), "states": ", ".join(map(states.name, where))},
            found.sees,
            found.refusal,
            found.waits,
        )
        for (level, found), where in alike.items()
    ]
