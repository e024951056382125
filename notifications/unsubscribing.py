"""Switch a category off: by one click from a mail, and by hand."""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from notifications.models import NECESSARY, Category, Notification, Preference

Pace = Preference.Pace
_SALT = "unsubscribe"


class UnknownToken(Exception):
    """The link was not made by us, or its person is gone."""


def url(person: User, category: str) -> str:
    """Return the absolute address that lets its reader switch this category off."""
    token = signing.dumps([person.pk, str(category)], salt=_SALT)
    return f"{settings.SITE_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read(token: str) -> tuple[User, Category]:
    """Return whom and what a link is about, or raise UnknownToken."""
    try:
        pk, category = signing.loads(token, salt=_SALT)
        return User.objects.get(pk=pk), Category(category)
    except (signing.BadSignature, User.DoesNotExist, ValueError):
        raise UnknownToken from None


def optional() -> list[Category]:
    """Return the categories that a person may switch off."""
    return [category for category in Category if category not in NECESSARY]


def paces(person: User) -> dict[str, str]:
    """Return how the person wants to hear of each optional category."""
    chosen = Preference.objects.filter(person=person).values_list("category", "pace")
    return dict.fromkeys(map(str, optional()), str(Pace.NOW)) | dict(chosen)


def pace(person: User, category: str) -> str:
    """Return how the person wants to hear of this category; of necessary ones at once."""
    found = Preference.objects.filter(person=person, category=category).first()
    return found.pace if found else Pace.NOW


def unwilling(people: Collection[int], category: str) -> set[int]:
    """Return those of the people, by their keys, who have switched this category off."""
    off = Preference.objects.filter(person__in=people, category=category, pace=Pace.OFF)
    return set(off.values_list("person", flat=True))


@transaction.atomic
def choose(*, person: User, paces: Mapping[str, str]) -> None:
    """Hear of each of these categories at this pace; what no longer waits for a digest goes on."""
    Preference.objects.bulk_create(
        (
            Preference(person=person, category=category, pace=pace)
            for category, pace in paces.items()
        ),
        update_conflicts=True,
        unique_fields=["person", "category"],
        update_fields=["pace", "changed_at"],
    )
    _let_go(person, [category for category, pace in paces.items() if pace != Pace.WEEKLY])


@transaction.atomic
def switch_off(*, person: User, category: Category) -> None:
    """Send nothing of this category any more; doing it twice changes nothing."""
    off = {"pace": Pace.OFF}
    Preference.objects.update_or_create(person=person, category=category, defaults=off)
    _let_go(person, [category])


def _let_go(person: User, categories: Collection[str]) -> None:
    """Hold nothing of these categories back; the last look decides what becomes of it."""
    held = Notification.objects.held().filter(recipient=person, category__in=categories)
    held.update(state=Notification.State.PENDING, next_try_at=None, reason="")
