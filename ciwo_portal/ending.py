"""What it means when people leave an agency or do not get in, in words, before it is done."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.confirming import Asked
from agencies.models import Community, Membership


def leaving(place: Membership) -> Asked:
    """Ask somebody who leaves the agency, or takes the request back."""
    if place.status == Membership.Status.PENDING:
        effects = [_("Nobody decides on it any more. You can ask again.")]
    else:
        effects = [
            _("You see nothing closed of the agency any more: sessions, materials, answers."),
            _("Sessions of its communities leave your calendar, and your answers to them go."),
            _("Seats in webinars that are not open to everyone go to others."),
            *_staying([place], _("You keep %(community)s, by another way in.")),
            _("The agency's coordinators are told."),
            _("To come back you ask again, and somebody decides."),
        ]
    return {
        "question": _("Leave %(agency)s?") % {"agency": place.agency},
        "subject": _("My agency"),
        "effects": effects,
        "submit": _("Leave"),
        "back_url": reverse("agencies:join"),
    }


def _staying(places: Sequence[Membership], words: str) -> list[str]:
    """Say who keeps a community as a facilitator or by another agency; two queries."""
    people = {place.person_id: place.person for place in places}
    agencies = Community.objects.filter(agencies__in=[place.agency_id for place in places])
    lost = Community.objects.filter(pk__in=agencies.values("pk"))
    others = Membership.objects.active().filter(person__in=people)
    others = others.exclude(pk__in=[place.pk for place in places])
    kept = {
        *lost.filter(agencies__memberships__in=others).values_list(
            "agencies__memberships__person", "name"
        ),
        *lost.filter(facilitators__in=people).values_list("facilitators", "name"),
    }
    return [words % {"person": people[person], "community": name} for person, name in sorted(kept)]


def ending(places: Sequence[Membership], back_url: str, *, names_others: bool) -> Asked:
    """Ask whoever takes these people out of their agency.

    What they have elsewhere (`names_others`) is for organisers: no coordinator's business.
    """
    names = ", ".join(str(place.person) for place in places)
    staying = [_("Who is in one of its communities by another way keeps that.")]
    if names_others:
        staying = _staying(places, _("%(person)s keeps %(community)s, by another way in."))
    return {
        "question": _("End the membership of %(people)s?") % {"people": names},
        "subject": ", ".join(dict.fromkeys(str(place.agency) for place in places)),
        "effects": [
            _("They see nothing closed of the agency any more, at once."),
            _("Sessions of its communities leave their calendars, and their answers to them go."),
            _("Seats in webinars that are not open to everyone go to others."),
            *staying,
            _("They are told by e-mail. To come back they ask again, or an organizer adds them."),
            _("What they wrote in the agency's survey answers stays."),
        ],
        "submit": _("End membership"),
        "back_url": back_url,
    }


def declining(places: Sequence[Membership], back_url: str) -> Asked:
    """Ask whoever turns these requests down why."""
    names = ", ".join(str(place.person) for place in places)
    agencies = dict.fromkeys(str(place.agency) for place in places)
    return {
        "question": _("Decline %(people)s?") % {"people": names},
        "subject": ", ".join(agencies),
        "effects": [
            _("They are told by e-mail, with the reason. “My agency” shows it for 90 days."),
            _("They keep their account, and can ask again."),
        ],
        "submit": _("Decline"),
        "back_url": back_url,
    }
