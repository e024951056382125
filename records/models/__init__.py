"""What is on record of a webinar that is over: who came, what they can show, what stays."""

from records.models.attendance import (
    Attendance,
    AttendanceQuerySet,
    AttendanceReport,
    ReportedPerson,
)
from records.models.certificate import Certificate, CertificateQuerySet
from records.models.closing import Closing
from records.models.pulse import PulseAnswer, PulseQuerySet, asked_of
from records.models.recording import Recording, RecordingQuerySet, Segment

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "AttendanceReport",
    "Certificate",
    "CertificateQuerySet",
    "Closing",
    "PulseAnswer",
    "PulseQuerySet",
    "Recording",
    "RecordingQuerySet",
    "ReportedPerson",
    "Segment",
    "asked_of",
]
