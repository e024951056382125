"""What a member has to give before others' answers can be read, in words for the page."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from surveys.models import MutualSection, Response, Section, Wave


@dataclass(frozen=True)
class Owed:
    """A section that is held back, and the own response that would open it; None if not asked."""

    section: Section | None  # None: one of several
    response: Response | None
    is_open: bool  # whether the agency can still answer

    @property
    def is_submitted(self) -> bool:
        """Whether the agency has submitted, without an answer in the section."""
        return self.response is not None and self.response.state == Response.State.SUBMITTED


def owed(
    wave: Wave, user: User | AnonymousUser, section: Section | None, now: datetime
) -> Owed | None:
    """Return what the reader's agency owes for a section, or for any of the wave's; None: nothing.

    One query where nothing is owed, two where something is.
    """
    unmet = MutualSection.objects.unmet_by(user).filter(wave=wave)
    if section is not None:
        unmet = unmet.filter(section=section)
    if not unmet.exists():
        return None
    own = Response.objects.answered_by(user).filter(wave=wave).select_related("agency", "wave")
    response = own.order_by("pk").first()
    if response is None:
        return Owed(section, None, is_open=False)
    is_draft = response.state == Response.State.DRAFT
    return Owed(section, response, is_draft and response.is_open(now))
