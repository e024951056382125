"""Switch a category off: by one click from a mail, and by hand."""

from collections.abc import Collection

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from notifications.models import NECESSARY, Category, Preference

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


def wanted(person: User) -> set[str]:
    """Return the optional categories that the person has not switched off."""
    off = Preference.objects.filter(person=person, is_off=True).values_list("category", flat=True)
    return {str(category) for category in optional()} - set(off)


def wants(person: User, category: str) -> bool:
    """Whether the person has not switched this category off; necessary ones stay on."""
    off = Preference.objects.filter(person=person, category=category, is_off=True)
    return not off.exists()


def unwilling(people: Collection[int], category: str) -> set[int]:
    """Return those of the people, by their keys, who have switched this category off."""
    off = Preference.objects.filter(person__in=people, category=category, is_off=True)
    return set(off.values_list("person", flat=True))


def choose(*, person: User, categories: Collection[str]) -> None:
    """Want exactly these of the optional categories."""
    Preference.objects.bulk_create(
        (
            Preference(person=person, category=category, is_off=category not in categories)
            for category in optional()
        ),
        update_conflicts=True,
        unique_fields=["person", "category"],
        update_fields=["is_off", "changed_at"],
    )


def switch_off(*, person: User, category: Category) -> None:
    """Send nothing of this category any more; doing it twice changes nothing."""
    Preference.objects.update_or_create(person=person, category=category, defaults={"is_off": True})
