"""Publish and try a wave's totals: at once where little was answered, by the worker where much."""

from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from agencies.permissions import is_organiser
from jobs import kinds
from jobs.kinds import Made, Order, Progress, Refused
from notifications.claiming import database_time
from surveys import alarms, counting, releasing
from surveys.disclosure import SMALLEST
from surveys.models import Wave

FEW = 300  # answers that totals are made of, which are tried within a second
PUBLISH, TRY = "surveys/publish", "surveys/try"


def is_large(wave: Wave) -> bool:
    """Whether so much was answered that the worker publishes and tries the totals."""
    return wave.responses.submitted().count() * len(counting.questions_of(wave)) > FEW


def order(wave: Wave) -> Order:
    """Return the order to publish the totals; pressed twice, they are published once."""
    last = wave.releases.aggregate(last=Max("number"))["last"] or 0
    title = _("Publish totals: %s") % wave.title
    return Order(PUBLISH, {"wave": wave.pk, "after": last}, title, _page(wave))


def order_to_try(wave: Wave) -> Order:
    """Return the order to try what is published."""
    title = _("Audit of published totals: %s") % wave.title
    return Order(TRY, {"wave": wave.pk}, title, _page(wave))


def at_once(order: Order, person: User) -> Made:
    """Do what is ordered while the person waits. Raises kinds.Refused."""
    return kinds.get(order.kind).make(person, order.about, kinds.silent)


def _page(wave: Wave) -> str:
    return reverse("surveys:manage-releases", args=[wave.slug])


def _waves(person: User) -> Any:
    return Wave.objects.visible_to(person).select_related("survey")


def _publish(person: User, about: dict[str, Any], progress: Progress) -> Made:
    wave, now = _waves(person).get(pk=about["wave"]), database_time()
    who: dict[str, Any] = {"by": person, "now": now, "after": about["after"]}
    try:
        release = releasing.publish(wave=wave, progress=progress, **who)
    except releasing.TooSoon as refusal:
        text = ngettext(
            "Not published: %(changed)d agency changed something since the last release; "
            "it takes %(needed)d.",
            "Not published: %(changed)d agencies changed something since the last release; "
            "it takes %(needed)d.",
            refusal.changed,
        )
        raise Refused(text % {"changed": refusal.changed, "needed": SMALLEST}) from None
    except releasing.AlreadyPublished as refusal:
        release = refusal.release
        text = _("Release %d was published meanwhile: the totals are published once.")
        outcome = text % release.number
    else:
        outcome = _("The totals are published. Everybody can read them.")
    page = reverse("surveys:manage-release", args=[wave.slug, release.number])
    return Made(outcome, page=page)


def _try(person: User, about: dict[str, Any], progress: Progress) -> Made:
    wave = _waves(person).get(pk=about["wave"])
    found = len(alarms.record(wave=wave, now=database_time(), progress=progress))
    words = ngettext(
        "Figures of %d question tell what single agencies said.",
        "Figures of %d questions tell what single agencies said.",
        found,
    )
    nothing = _("Nothing that is shown tells what single agencies said.")
    return Made(words % found if found else nothing, page=_page(wave))


def _may_have(person: User, about: dict[str, Any]) -> bool:
    return is_organiser(person) and bool(_waves(person).filter(pk=about["wave"]).exists())


kinds.register(kinds.Kind(PUBLISH, _publish, _may_have), kinds.Kind(TRY, _try, _may_have))
