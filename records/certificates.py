"""Issue certificates to who attended, and take back what proves wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from notifications import outbox
from records import notices
from records.models import Attendance, Certificate
from webinars import registration
from webinars.models import Webinar


@dataclass(frozen=True)
class Changes:
    """What issuing would change now."""

    new: list[Attendance]
    outdated: list[Certificate]  # name, title or minutes have changed: a new one replaces it
    wrong: list[Certificate]  # the person has not attended, as it turned out

    def __bool__(self) -> bool:
        return bool(self.new or self.outdated or self.wrong)


def changes(webinar: Webinar) -> Changes:
    """Compare the certificates that stand with who attended."""
    standing = {one.person_id: one for one in webinar.certificates.standing()}
    new, outdated = [], []
    for row in webinar.attendances.attended().by_name():
        one = standing.pop(row.person_id, None)
        if one is None:
            new.append(row)
        elif _words(row, webinar) != _words_of(one):
            outdated.append(one)
            new.append(row)
    return Changes(new, outdated, list(standing.values()))


@transaction.atomic
def issue(*, webinar: Webinar, now: datetime) -> Changes:
    """Bring the certificates in line with who attended, and tell whose are new or wrong.

    Returns what that changed; twice changes nothing.
    """
    webinar = registration.hold(webinar)
    found = changes(webinar)
    _revoke(found.outdated, "It was replaced by a newer certificate.", now)
    _revoke(found.wrong, "The record of attendance was corrected.", now)
    issued = Certificate.objects.bulk_create(
        Certificate(webinar=webinar, person=row.person, issued_at=now, **_words(row, webinar))
        for row in found.new
    )
    if not (webinar.is_entered_later or webinar.is_demo):
        outbox.queue(notices.certified(one, now) for one in issued)
        outbox.queue(notices.revoked(one, now) for one in found.wrong)
    return found


def _revoke(certificates: Iterable[Certificate], reason: str, now: datetime) -> None:
    keys = [one.pk for one in certificates]
    Certificate.objects.filter(pk__in=keys).update(revoked_at=now, revoked_because=reason)


def _words(row: Attendance, webinar: Webinar) -> dict[str, object]:
    return {
        "name": str(row.person)[:150],
        "title": webinar.title,
        "held_on": webinar.held_on,
        "minutes": row.minutes,
    }


def _words_of(one: Certificate) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "held_on": one.held_on,
        "minutes": one.minutes,
    }
