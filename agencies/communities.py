"""Communities are founded and changed; agencies and facilitators join and leave them."""

from itertools import chain, count

from django.db import transaction
from django.utils.text import slugify

from accounts import concurrency, visitors
from accounts.models import User
from agencies.models import Agency, Community


@transaction.atomic
def found(*, name: str, summary: str, is_listed: bool, by: User) -> Community:
    """Make a community without agencies; the same name again makes nothing more."""
    # Whoever founds holds the person's row, so that a double click finds the first one.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    community = Community.objects.filter(name=name).first()
    if community is None:
        community = Community.objects.create(
            slug=_free_slug(name), name=name, summary=summary, is_listed=is_listed
        )
    return community


@transaction.atomic
def change(
    *, community: Community, name: str, summary: str, is_listed: bool, seen: str = ""
) -> None:
    """Say something else of a community; its address stays.

    `seen` is the version that was read. Raises ChangedMeanwhile.
    """
    community = Community.objects.select_for_update(of=("self",), no_key=True).get(pk=community.pk)
    there = version(community)
    community.name, community.summary, community.is_listed = name, summary, is_listed
    concurrency.refuse_if_changed(seen=seen, there=there, wanted=version(community))
    community.save(update_fields=["name", "summary", "is_listed"])
    visitors.forget_pages()


def version(community: Community) -> str:
    """Return what tells these words of the community from others."""
    return concurrency.version(community.name, community.summary, community.is_listed)


def let_in(*, community: Community, agency: Agency) -> None:
    """Open the community's sessions and materials to the agency's people, from now on."""
    community.agencies.add(agency)


def take_out(*, community: Community, agency: Agency) -> None:
    """Close them to the agency's people, at once."""
    community.agencies.remove(agency)


def appoint(*, community: Community, person: User) -> None:
    """Let this person run the community's sessions."""
    community.facilitators.add(person)


def dismiss(*, community: Community, person: User) -> None:
    """Let this person run them no longer, at once."""
    community.facilitators.remove(person)


def _free_slug(name: str) -> str:
    base = slugify(name)[:100] or "community"
    taken = set(Community.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if slug not in taken)
