"""The messages to those whom it concerns that somebody has come, gone, or got another role."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from agencies.membership import SLIP
from agencies.models import Agency, Community, Membership
from notifications import gathering
from notifications.kinds import Dropped, Kind, Letter, register
from notifications.models import Category, Notification

COLLEAGUES, COMMUNITIES = "agencies/colleagues", "agencies/communities"
MEMBERS, FACILITATING = "agencies/members", "agencies/facilitating"
MOVED = "moved"  # the word for who left with an address


@dataclass(frozen=True)
class Line:
    """One fact: a title if it comes alone, and what it means."""

    title: str
    text: str


def colleagues(agency: Agency, readers: Iterable[User], now: datetime) -> list[Notification]:
    """Tell the agency's coordinators who came, went or got another role."""
    return _to_each(COLLEAGUES, readers, {"agency": agency.pk}, about_people(agency), now)


def communities(agency: Agency, readers: Iterable[User], now: datetime) -> list[Notification]:
    """Tell the agency's people which communities it entered or left."""
    about = f"agency-communities/{agency.pk}"
    return _to_each(COMMUNITIES, readers, {"agency": agency.pk}, about, now)


def members(community: Community, readers: Iterable[User], now: datetime) -> list[Notification]:
    """Tell the community's facilitators which agencies entered or left it."""
    about = f"community-agencies/{community.pk}"
    return _to_each(MEMBERS, readers, {"community": community.pk}, about, now)


def facilitating(person: User, now: datetime) -> list[Notification]:
    """Tell a person which communities they facilitate from now on, or no longer."""
    about = f"facilitating/{person.pk}"
    return _to_each(FACILITATING, [person], {}, about, now)


def about_people(agency: Agency) -> str:
    """Return what the messages about the agency's people are about."""
    return f"agency-people/{agency.pk}"


def _to_each(
    kind: str, readers: Iterable[User], context: dict[str, Any], about: str, now: datetime
) -> list[Notification]:
    """Owe it after a while, so that a slip that is put right is told to nobody."""
    return [
        Notification(
            key=f"{about}/{reader.pk}/{now.isoformat()}",
            kind=kind,
            category=Category.CHANGES,
            about=about,
            recipient=reader,
            context=dict(context),
            due_at=now + SLIP,
            useful_until=now + timedelta(days=14),
        )
        for reader in readers
    ]


def _write_colleagues(notification: Notification) -> Letter:
    agency, reader = _found(notification)
    if not agency.memberships.coordinating().filter(person=reader).exists():
        raise Dropped("the person does not coordinate the agency any more")
    roles = dict(agency.memberships.active().values_list("person", "role"))
    facts = gathering.changed(notification, {str(pk): role for pk, role in roles.items()})
    people = [int(fact) for fact in facts]
    places = agency.memberships.once_active().filter(person__in=people)
    places = places.select_related("person", "decided_by")
    newest = {str(place.person_id): place for place in places.order_by("pk")}
    known, words = notification.context["known"], notification.context["words"]
    lines = [_colleague(newest[fact], known[fact], words[fact]) for fact in facts if fact in newest]
    title = ngettext(
        "%(n)d change among your colleagues", "%(n)d changes among your colleagues", len(lines)
    )
    after = _("If that is wrong, change it on the page of your agency or write to the organizers.")
    page, label = reverse("agencies:join"), _("See who belongs to the agency")
    return _letter(lines, title, after, page, label, about=agency.name)


def _colleague(place: Membership, before: str | None, word: str) -> Line:
    """Say what became of a colleague whose role the reader knows, or knew none of."""
    person = {"person": place.person, "email": place.person.email, "agency": place.agency.name}
    person |= {"role": place.get_role_display(), "by": place.decided_by}
    if place.status != Membership.Status.ACTIVE:
        title, text = _("%(person)s has left %(agency)s"), _("It was their own choice.")
        if word == MOVED:
            text = _("Their new address is not in the agency's mail domain.")
        elif place.decided_by and place.decided_at == place.ended_at:
            text = _("%(by)s ended the membership.")
    elif before is None:
        title = _("%(person)s has joined %(agency)s")
        text = _("They joined with an address in the agency's mail domain: %(email)s.")
        if place.decided_by:
            text = _("%(by)s let them in: %(email)s. The role: %(role)s.")
    else:
        title = _("%(person)s has another role at %(agency)s")
        text = _("It is now: %(role)s.")
        if place.decided_by:
            text = _("%(by)s changed it. It is now: %(role)s.")
    return Line(title % person, text % person)


def _write_communities(notification: Notification) -> Letter:
    agency, reader = _found(notification)
    if not agency.memberships.active().filter(person=reader).exists():
        raise Dropped("the person has left the agency")
    chosen = _communities(notification, agency.communities.all())
    open_to_reader = set(Community.objects.open_to(reader).filter(pk__in=chosen))
    lines = [
        _community_of_agency(agency, community, is_in, community in open_to_reader)
        for community, is_in in chosen.values()
    ]
    title = ngettext(
        "%(n)d change in your communities", "%(n)d changes in your communities", len(lines)
    )
    return _letter(lines, title, "", *_page(chosen), about=agency.name)


def _community_of_agency(agency: Agency, community: Community, is_in: bool, is_open: bool) -> Line:
    names = {"agency": agency.name, "community": community}
    if is_in:
        title = _("%(agency)s belongs to “%(community)s” now")
        text = _(
            "You can read the notes and materials of its sessions, and are invited to those to "
            "come."
        )
    else:
        title = _("%(agency)s does not belong to “%(community)s” any more")
        text = _("Its notes and materials are closed to you now. Its sessions leave your calendar.")
        if is_open:
            text = _("You still read it as its facilitator, or with another agency of yours.")
    return Line(title % names, text)


def _write_members(notification: Notification) -> Letter:
    community: Community | None = notification.found
    reader = notification.recipient
    if community is None or reader is None or reader not in community.facilitators.all():
        raise Dropped("the person does not facilitate the community any more")
    inside = set(community.agencies.values_list("pk", flat=True))
    known = notification.context["known"]
    facts = gathering.changed(notification, {fact: int(fact) in inside for fact in known})
    agencies = Agency.objects.in_bulk([int(fact) for fact in facts]).values()
    lines = [_member(community, agency, agency.pk in inside) for agency in agencies]
    title = ngettext(
        "%(n)d change among the agencies", "%(n)d changes among the agencies", len(lines)
    )
    page, label = community.get_absolute_url(), _("Open the community")
    return _letter(lines, title, "", page, label, about=community.name)


def _member(community: Community, agency: Agency, is_in: bool) -> Line:
    names = {"agency": agency.name, "community": community}
    if is_in:
        title = _("%(agency)s belongs to “%(community)s” now")
        text = _("Its people can read notes and materials, and are invited to coming sessions.")
    else:
        title = _("%(agency)s does not belong to “%(community)s” any more")
        text = _("Its people read nothing closed any more. Coming sessions leave their calendars.")
    return Line(title % names, text)


def _write_facilitating(notification: Notification) -> Letter:
    reader = notification.recipient
    if reader is None:
        raise Dropped("the person is gone")
    chosen = _communities(notification, reader.facilitated_communities.all())
    open_to_reader = set(Community.objects.open_to(reader).filter(pk__in=chosen))
    lines = [
        _facilitated(community, is_in, community in open_to_reader)
        for community, is_in in chosen.values()
    ]
    title = ngettext(
        "%(n)d change in what you facilitate", "%(n)d changes in what you facilitate", len(lines)
    )
    page, label = _page(chosen)
    if any(is_in for _community, is_in in chosen.values()):
        page, label = reverse("sessions:manage-list"), _("Plan its sessions")
    return _letter(lines, title, "", page, label)


def _facilitated(community: Community, is_in: bool, is_open: bool) -> Line:
    names = {"community": community}
    if is_in:
        title = _("You facilitate “%(community)s” now")
        text = _(
            "You plan and run its sessions: agenda, invitations, notes, materials and attendance. "
            "You read what its agencies read."
        )
    else:
        title = _("You do not facilitate “%(community)s” any more")
        text = _("What you planned stays, but what is closed in it is not open to you any more.")
        if is_open:
            text = _("What you planned stays. You still read what the community's agencies read.")
    return Line(title % names, text)


def _communities(notification: Notification, inside: Any) -> dict[int, tuple[Community, bool]]:
    """Return the communities of which the reader knows something else, and what is true now."""
    pks = set(inside.values_list("pk", flat=True))
    known = notification.context["known"]
    facts = gathering.changed(notification, {fact: int(fact) in pks for fact in known})
    found = Community.objects.in_bulk([int(fact) for fact in facts])
    return {pk: (community, pk in pks) for pk, community in found.items()}


def _page(chosen: dict[int, tuple[Community, bool]]) -> tuple[str, str]:
    """Return where to go on: into the one that opened, or to the list."""
    opened = [community for community, is_in in chosen.values() if is_in]
    if len(opened) == 1:
        return opened[0].get_absolute_url(), _("Open the community")
    return reverse("sessions:list"), _("See the communities")


def _letter(
    lines: Sequence[Line], title: str, after: str, page: str, label: str, *, about: str = ""
) -> Letter:
    """Write the lines under one title; nothing is left to tell where all was put right."""
    if not lines:
        raise Dropped("the person knows it as it is")
    several = f"{title % {'n': len(lines)}}: {about}" if about else title % {"n": len(lines)}
    context = {
        "title": lines[0].title if len(lines) == 1 else several,
        "lines": lines,
        "after": after,
        "url": settings.SITE_URL + page,
        "label": label,
    }
    return Letter(context, can_wait=True, url=context["url"])


def _found(notification: Notification) -> tuple[Agency, User]:
    agency: Agency | None = notification.found
    if agency is None or notification.recipient is None:
        raise Dropped("the agency is gone")
    return agency, notification.recipient


register(
    Kind(
        COLLEAGUES,
        Category.CHANGES,
        _write_colleagues,
        "agency",
        Agency.objects.all(),
        gettext_lazy("Colleague joined, left or has another role"),
    ),
    Kind(
        COMMUNITIES,
        Category.CHANGES,
        _write_communities,
        "agency",
        Agency.objects.all(),
        gettext_lazy("Agency entered or left a community"),
    ),
    Kind(
        MEMBERS,
        Category.CHANGES,
        _write_members,
        "community",
        Community.objects.all(),
        gettext_lazy("Agencies of a community that somebody facilitates"),
    ),
    Kind(
        FACILITATING,
        Category.CHANGES,
        _write_facilitating,
        title=gettext_lazy("Facilitator appointed or dismissed"),
    ),
)
