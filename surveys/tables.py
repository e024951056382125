"""The tables of findings as files: at once for few agencies, by the worker for many."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from jobs import kinds, queue
from jobs.kinds import Made, Order, Progress, Seal
from jobs.models import Job
from library.sheets import CSV, csv_content
from surveys import export, spss
from surveys.models import Wave

FEW = 300  # agencies, whose answers are written out within a second
KIND = "surveys/table"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Reader: TypeAlias = User | AnonymousUser


@dataclass(frozen=True)
class Table:
    """One of the files: its name behind the wave's slug, its type, and how it is made."""

    title: str | Promise
    ending: str
    content_type: str
    make: Callable[[Wave, Reader, Progress], bytes]
    grows: bool = True  # with the agencies


def is_large(wave: Wave, table: Table) -> bool:
    """Whether so many agencies have submitted that the worker makes this file."""
    return table.grows and wave.responses.submitted().count() > FEW


def _csv(wave: Wave, rows: list[export.Row]) -> bytes:
    first, *others = [*export.notice(wave), *rows]
    return csv_content(first, others)


def _json(wave: Wave, reader: Reader, progress: Progress) -> bytes:
    return json.dumps(export.document(wave, reader, progress), cls=DjangoJSONEncoder).encode()


TABLES = {
    "answers": Table(
        gettext_lazy("Named answers (CSV)"),
        "-answers.csv",
        CSV,
        lambda wave, reader, progress: _csv(wave, export.answers(wave, reader, progress)),
    ),
    "totals": Table(
        gettext_lazy("Published totals (CSV)"),
        "-totals.csv",
        CSV,
        lambda wave, _reader, _progress: _csv(wave, export.published(wave)),
        grows=False,
    ),
    "codebook": Table(
        gettext_lazy("Codebook (CSV)"),
        "-codebook.csv",
        CSV,
        lambda wave, _reader, _progress: _csv(wave, export.codebook(wave)),
        grows=False,
    ),
    "workbook": Table(gettext_lazy("All tables (XLSX)"), ".xlsx", XLSX, export.workbook),
    "spss": Table(
        gettext_lazy("Named answers for SPSS (ZIP)"), "-spss.zip", "application/zip", spss.archive
    ),
    "document": Table(gettext_lazy("All tables (JSON)"), ".json", "application/json", _json),
}


def order(wave: Wave, name: str) -> Order:
    """Return what the worker is asked to make."""
    back = reverse("surveys:findings", args=[wave.slug])
    title = f"{wave.title}: {TABLES[name].title}"
    return Order(KIND, {"wave": wave.pk, "table": name}, title, back)


def recall(waves: Iterable[int]) -> None:
    """Remove all files of these waves from the disk: they tell what was withdrawn."""
    files = Job.objects.filter(kind=KIND, about__wave__in=[*waves])
    queue.recall(files, _("Something in the file was withdrawn. Ask for it again."))


def _waves(reader: Reader) -> Any:
    return Wave.objects.with_findings_for(reader).select_related("survey")


def _make(person: User, about: dict[str, Any], progress: Progress) -> Made:
    wave, table = _waves(person).get(pk=about["wave"]), TABLES[about["table"]]
    content = table.make(wave, person, progress)
    return Made(_("The table is ready."), content, f"{wave.slug}{table.ending}")


def _may_have(person: User, about: dict[str, Any]) -> bool:
    return bool(_waves(person).filter(pk=about["wave"]).exists())


def _seal(person: User, about: dict[str, Any]) -> Seal:
    wave = _waves(person).filter(pk=about["wave"]).first()
    return export.seal(wave, person) if wave else {}


kinds.register(kinds.Kind(KIND, _make, _may_have, _seal))
