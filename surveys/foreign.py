"""Read a survey file of another tool, whichever of the known kinds it is."""

from django.utils.translation import gettext as _

from surveys import limesurvey, xlsform_reading
from surveys.importing import Draft
from surveys.workbooks import Unreadable


def read(name: str, content: bytes) -> Draft:
    """Return what the file says, with remarks. Raises workbooks.Unreadable."""
    if name.lower().endswith(".json"):
        raise Unreadable(_("JSON is not read here. Save the survey as XLSForm (.xlsx)."))
    if name.lower().endswith((".lss", ".xml")):
        return limesurvey.read(content)
    return xlsform_reading.read(content)
