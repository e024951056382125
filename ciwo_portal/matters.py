"""One thing that waits for an organiser."""

from dataclasses import dataclass
from enum import StrEnum

MOST = 50  # of one kind on the page


class Kind(StrEnum):
    """What waits; the figures count each kind under its name."""

    FINDINGS = "findings"
    PEOPLE = "people"
    COORDINATORS = "coordinators"
    PLACES = "places"
    SLIDES = "slides"
    DRAFTS = "drafts"
    JOIN_LINKS = "join_links"
    ACCESS = "access"
    ATTENDANCE = "attendance"
    MAIL_SERVER = "mail_server"
    UNDELIVERED = "undelivered"
    LATE = "late"
    ADDRESSES = "addresses"
    SURVEYS = "surveys"


@dataclass(frozen=True)
class Matter:
    """One thing that waits, with the page on which it is dealt with."""

    kind: Kind
    number: int
    title: str
    text: str
    url: str
    action: str
