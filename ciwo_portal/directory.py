"""Load the directory of real agencies: public facts only."""

from pathlib import Path
from typing import Any

from django.db import transaction

from agencies.models import Agency
from ciwo_portal.documents import BadDocument, read, rows, text

SCHEMA = "agency-directory/1"
NEEDED = {"name": 200, "level": 10, "jurisdiction": 120, "state": 120, "time_zone": 40}
OPTIONAL = {  # field of the document: field of the model, most characters; null is empty
    "unit": ("unit", 200),
    "jurisdiction_type": ("jurisdiction_type", 60),
    "state_fips": ("state_fips", 2),
    "population_band": ("population_band", 12),
    "domain": ("website_host", 200),
    "enforces_wage_laws": ("enforces_wage_laws", 10),
    "note": ("internal_note", 2000),  # a working note; an organizer may make it public
}


@transaction.atomic
def load(path: Path) -> int:
    """Load the document and return how many agencies it holds; all of it or nothing.

    Loading again changes what differs and adds nothing; notes come with new agencies only, since
    organizers work on them. A website's host is never taken as a domain of staff mail. Raises
    BadDocument.
    """
    document = read(path, SCHEMA)
    found = [_values(where, row) for where, row in rows(document, "agencies")]
    slugs = [slug for slug, _ in found]
    if len(set(slugs)) < len(slugs):
        twice = next(slug for slug in slugs if slugs.count(slug) > 1)
        raise BadDocument(f"agencies: the slug {twice!r} stands twice")
    kept = {agency.slug: agency for agency in Agency.objects.filter(slug__in=slugs)}
    fresh = [Agency(slug=slug, **values) for slug, values in found if slug not in kept]
    Agency.objects.bulk_create(fresh)
    for slug, values in found:
        values.pop("internal_note")
        if slug in kept and any(getattr(kept[slug], name) != v for name, v in values.items()):
            Agency.objects.filter(slug=slug).update(**values)
    return len(found)


def _values(where: str, row: Any) -> tuple[str, dict[str, str]]:
    slug = text(row, "slug", where, 120)
    where = f"{where} ({slug})"
    values = {name: text(row, name, where, most) for name, most in NEEDED.items()}
    for source, (name, most) in OPTIONAL.items():
        is_given = row.get(source) is not None
        values[name] = text(row, source, where, most) if is_given else ""
    if values["level"] not in Agency.Level.values:
        raise BadDocument(f"{where}: the field level must be one of {Agency.Level.values}")
    if values["enforces_wage_laws"] not in {"", *Agency.Enforces.values}:
        raise BadDocument(f"{where}: the field enforces_wage_laws must be yes, limited or no")
    if len(values["state"]) != 2:
        raise BadDocument(f"{where}: the field state must be two letters, not {values['state']!r}")
    return slug, values
