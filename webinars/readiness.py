"""What a draft still lacks before people should see it, with the place to mend it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from webinars.models import Webinar


@dataclass(frozen=True)
class Check:
    """One thing that people expect of a webinar."""

    name: str | Promise
    missing: str | Promise  # what is said when it is not there
    is_there: bool
    url: str
    is_required: bool = False


def checks(webinar: Webinar, now: datetime) -> list[Check]:
    """Return everything that is looked at before a webinar is published."""
    form = reverse("webinars:manage-edit", args=[webinar.slug])
    speakers = reverse("webinars:manage-speakers", args=[webinar.slug])
    was_held = webinar.was_held(now)
    has_time = was_held or (webinar.starts_at is not None and webinar.starts_at > now)
    no_access = _("Nothing is said of captions, interpreters and whom to ask.")
    found = [
        Check(_("Topics"), _("No topic is chosen."), webinar.topics.exists(), f"{form}#id_topics"),
        Check(_("Speakers"), _("Nobody is named."), webinar.presenters.exists(), speakers),
        Check(
            _("Time and zone"),
            _("It needs a time in the future, or a day that is over."),
            has_time,
            f"{form}#id_held_on",
            is_required=True,
        ),
    ]
    if was_held:  # nobody comes to it any more
        return found
    return [
        *found,
        Check(
            _("Join link"),
            _("Nobody could join yet."),
            bool(webinar.join_url),
            f"{form}#id_join_url",
        ),
        Check(
            _("Access information"),
            no_access,
            bool(webinar.access_information),
            f"{form}#id_access_information",
        ),
    ]
