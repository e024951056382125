"""End the links of a person's messages, as if they had never been passed on."""

from django.contrib.postgres.functions import RandomUUID
from django.db import transaction
from django.db.models import F

from accounts.models import User
from webinars.models import Registration


@transaction.atomic
def renew(*, person: User) -> None:
    """End every link to a place and into a webinar that this person was sent.

    Pages show the new ones at once, and later messages bring them.
    """
    User.objects.filter(pk=person.pk).update(links_issue=F("links_issue") + 1)
    Registration.objects.filter(person=person).update(join_key=RandomUUID())
