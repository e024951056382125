"""Which files an answer may hold: what the question asks for, within what the portal takes."""

from library import uploads
from library.uploads import Refused, Taken, UploadedFile
from surveys.models import Question

__all__ = ["Refused", "Taken", "UploadedFile", "clean", "kinds", "max_files", "max_mb"]

MAX_MB = 25
MAX_FILES = 3
KINDS: tuple[str, ...] = (".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".odp", ".ods")
KINDS += (".png", ".jpg", ".jpeg", ".txt", ".csv")


def kinds(question: Question) -> list[str]:
    """Return the endings that the question takes, such as .pdf, in the survey's order."""
    wanted = question.limits.get("accept", KINDS)
    return [ending for ending in wanted if ending in uploads.CHECKS]


def max_mb(question: Question) -> int:
    """Return how large one file may be, in megabytes."""
    wanted: int = question.limits.get("max_mb", MAX_MB)
    return min(wanted, MAX_MB)


def max_files(question: Question) -> int:
    """Return how many files one answer may hold."""
    most: int = question.limits.get("max_files", MAX_FILES)
    return most


def clean(question: Question, upload: UploadedFile) -> Taken:
    """Return the file as it is kept, or raise Refused."""
    return uploads.clean(upload, kinds=kinds(question), max_mb=max_mb(question))
