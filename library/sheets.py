"""Tables that leave the portal as CSV: the one writer of all exports."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What a spreadsheet program would take for a formula, their full-width forms included.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


CSV = "text/csv; charset=utf-8"


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a table as a CSV file to download."""
    disposition = f'attachment; filename="{name}.csv"'
    return HttpResponse(
        csv_content(header, rows),
        content_type=CSV,
        headers={"Content-Disposition": disposition},
    )


def csv_content(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as the content of a CSV file: UTF-8 with a mark that Excel understands."""
    whole = io.StringIO()
    writer = csv.writer(whole)
    writer.writerow([as_text(cell) for cell in header])
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return whole.getvalue().encode("utf-8-sig")


def as_text(cell: object) -> str:
    """Return what a cell says, so that no spreadsheet program takes it for a formula."""
    text = "" if cell is None else str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
