"""What it means when people leave an agency or do not get in, in words, before it is done."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.confirming import Asked
from agencies.models import Membership


def leaving(place: Membership) -> Asked:
    """Ask somebody who leaves the agency, or takes the request back."""
    if place.status == Membership.Status.PENDING:
        effects = [_("Nobody decides on it any more. You can ask again.")]
    else:
        effects = [
            _("You see nothing closed of the agency any more: sessions, materials, answers."),
            _("Sessions of its communities leave your calendar, and your answers to them go."),
            _("Seats in webinars that are not open to everyone go to others."),
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


def ending(places: Sequence[Membership], back_url: str) -> Asked:
    """Ask whoever takes these people out of their agency."""
    names = ", ".join(str(place.person) for place in places)
    return {
        "question": _("End the membership of %(people)s?") % {"people": names},
        "subject": str(places[0].agency),
        "effects": [
            _("They see nothing closed of the agency any more, at once."),
            _("Sessions of its communities leave their calendars, and their answers to them go."),
            _("Seats in webinars that are not open to everyone go to others."),
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
            _("They are told by e-mail, with the reason. It stays on their page “My agency”."),
            _("They keep their account, and can ask again."),
        ],
        "submit": _("Decline"),
        "back_url": back_url,
    }
