"""Whether a person may register for a webinar, and why not, in words; these change nothing."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from agencies import states
from agencies.models import Agency, Community, Membership
from webinars.models import Webinar

Audience, Approval, Visibility = Webinar.Audience, Webinar.Approval, Webinar.Visibility


@dataclass(frozen=True)
class Profile:
    """What the rules look at: nothing else of a person counts."""

    is_signed_in: bool = True
    is_organiser: bool = False
    agencies: frozenset[tuple[str, str]] = frozenset()  # level and state of each
    communities: frozenset[int] = frozenset()
    facilitates: bool = False  # a real community, with or without an agency


def profile(user: User | AnonymousUser) -> Profile:
    """Return what the rules look at of a person, as things are now."""
    if not user.is_authenticated:
        return Profile(is_signed_in=False)
    active = Membership.objects.active().filter(person=user)
    facilitated = Community.facilitators.through.objects.filter(
        community=OuterRef("pk"), community__is_demo=False, user=user
    )
    open_to_user = Community.objects.open_to(user).annotate(is_run=Exists(facilitated))
    communities = dict(open_to_user.values_list("pk", "is_run"))
    return Profile(
        is_organiser=user.is_organiser,
        agencies=frozenset(active.values_list("agency__level", "agency__state")),
        communities=frozenset(communities),
        facilitates=any(communities.values()),
    )


def is_narrowed(webinar: Webinar) -> bool:
    """Whether some who see the webinar may not register, or not at once."""
    return webinar.audience != Audience.EVERYBODY or webinar.approval != Approval.NOBODY


def is_visible(webinar: Webinar, who: Profile) -> bool:
    """Whether this person sees the webinar once it is published.

    The same as Webinar.objects.visible_to for people who need not exist; a test holds the two
    together.
    """
    if who.is_organiser or webinar.visibility == Visibility.PUBLIC:
        return True
    if webinar.visibility == Visibility.MEMBERS:
        return bool(who.agencies) or who.facilitates
    return webinar.community_id in who.communities


def refusal(webinar: Webinar, who: Profile) -> str:
    """Return why this person may not register, in words for them, or "" if they may."""
    if who.is_organiser:
        return ""
    if not is_visible(webinar, who):
        return _("You cannot see this webinar.")
    if not who.is_signed_in:
        return _("Sign in first: registering needs an account with a confirmed address.")
    may = {
        Audience.EVERYBODY: True,
        Audience.STAFF: bool(who.agencies),
        Audience.AGENCIES: any(_fits(webinar, *agency) for agency in who.agencies),
        Audience.COMMUNITY: webinar.community_id in who.communities,
    }
    return "" if may[Audience(webinar.audience)] else in_words(webinar)


def needs_approval(webinar: Webinar, who: Profile) -> bool:
    """Whether an organiser decides before this person, who may register, gets a place."""
    if who.is_organiser or webinar.approval == Approval.NOBODY:
        return False
    return webinar.approval == Approval.EVERYBODY or not who.agencies


def admits_agency(webinar: Webinar, agency: Agency) -> bool:
    """Whether the agency's approved staff may register, as far as the agency counts."""
    if webinar.audience == Audience.AGENCIES:
        return _fits(webinar, agency.level, agency.state)
    if webinar.audience == Audience.COMMUNITY:
        return agency.communities.filter(webinars=webinar).exists()
    return True


def in_words(webinar: Webinar) -> str:
    """Return for whom it is, as a sentence; "" for everybody."""
    if webinar.audience == Audience.STAFF:
        return _("Registration is for approved staff of agencies.")
    if webinar.audience == Audience.COMMUNITY:
        if webinar.community is None or not webinar.community.is_listed:
            return _("Registration is for people of a closed community.")
        name = webinar.community.name
        return _("Registration is for people of the community “%(name)s”.") % {"name": name}
    if webinar.audience == Audience.EVERYBODY:
        return ""
    labels = dict(Agency.Level.choices)
    levels = ", ".join(str(labels[level]).lower() for level in webinar.audience_levels)
    places = ", ".join(states.name(code) for code in webinar.audience_states)
    if levels and places:
        text = _("Registration is for approved staff of %(levels)s agencies in %(places)s.")
    elif levels:
        text = _("Registration is for approved staff of %(levels)s agencies.")
    else:
        text = _("Registration is for approved staff of agencies in %(places)s.")
    return text % {"levels": levels, "places": places}


def _fits(webinar: Webinar, level: str, state: str) -> bool:
    is_level = not webinar.audience_levels or level in webinar.audience_levels
    return is_level and (not webinar.audience_states or state in webinar.audience_states)
