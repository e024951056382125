"""A certificate as a tagged PDF: title, language and reading order are set (PDF/UA-1)."""

import json
from pathlib import Path

import qrcode
import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from qrcode.image.svg import SvgPathImage

from events import zones
from records.models import Certificate

# The sheet has no loops and takes short texts only: it is made in some 30 ms, whoever asks.
_SHEET = Path(settings.BASE_DIR) / "templates" / "records" / "certificate.typ"


def pdf(certificate: Certificate) -> bytes:
    """Return the certificate to download and print."""
    url = settings.SITE_URL + certificate.get_absolute_url()
    day = zones.day_in_words(certificate.held_on)
    spent = ngettext(
        "on %(day)s, for %(minutes)d minute.",
        "on %(day)s, for %(minutes)d minutes.",
        certificate.minutes,
    )
    said = {
        "issuer": settings.SITE_NAME,
        "heading": _("Certificate of attendance"),
        "name": certificate.name,
        "attended": _("attended the webinar"),
        "title": certificate.title,
        "spent": spent % {"day": day, "minutes": certificate.minutes},
        "note": _("No continuing-education credit unless a board accepts it. Verify it here:"),
        "url": url,
        "qr": qrcode.make(url, image_factory=SvgPathImage).to_string().decode(),
        "qr_says": _("The address of the page that verifies this certificate"),
    }
    made = typst.compile(
        str(_SHEET),
        sys_inputs={"certificate": json.dumps(said)},
        format="pdf",
        pdf_standards="ua-1",
    )
    assert isinstance(made, bytes)  # noqa: S101 one sheet, no output path
    return made
