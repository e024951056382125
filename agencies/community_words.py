"""What it means when an agency or a facilitator leaves a community, before it is done."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.confirming import Asked
from accounts.models import User
from agencies.models import Agency, Community, Membership


def taking_out(community: Community, agency: Agency) -> Asked:
    """Ask whoever takes the agency out."""
    others = Membership.objects.active().filter(agency__communities=community)
    staying = others.exclude(agency=agency).values("person")
    losing = agency.memberships.active().filter(person__is_active=True)
    losing = losing.exclude(person__in=staying).exclude(person__in=community.facilitators.all())
    people = losing.count()
    words = ngettext(
        "%(n)d person of the agency sees nothing closed of the community any more, at once.",
        "%(n)d people of the agency see nothing closed of the community any more, at once.",
        people,
    )
    return {
        "question": _("Take %(agency)s out?") % {"agency": agency},
        "subject": community.name,
        "effects": [
            words % {"n": people},
            _("Its coming sessions leave their calendars, with an e-mail to each."),
            _("Seats in webinars for the community go to others."),
            _("What the agency said in sessions and surveys stays."),
            _("Its people and the facilitators are told by e-mail, in ten minutes."),
            _("Put back within ten minutes, it has lost nothing, and nobody has heard of it."),
        ],
        "submit": _("Take out"),
        "back_url": _page(community),
    }


def dismissing(community: Community, person: User) -> Asked:
    """Ask whoever dismisses the facilitator."""
    return {
        "question": _("Dismiss %(person)s?") % {"person": person},
        "subject": community.name,
        "effects": [
            _("They plan and run none of its sessions any more, and change none of its materials."),
            _("They see what is closed only if an agency of theirs is in the community."),
            _(
                "What is for agency staff stays open to them only if they belong to an agency or "
                "facilitate another community."
            ),
            _("Seats in webinars that are closed to them then go to others."),
            _("They are told by e-mail, in ten minutes; not if you name them again by then."),
            _("What they planned stays."),
        ],
        "submit": _("Dismiss"),
        "back_url": _page(community),
    }


def _page(community: Community) -> str:
    return reverse("agencies:manage-community", args=[community.slug])
