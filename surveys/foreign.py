"""Read a survey file of another tool, whichever of the known kinds it is."""

from surveys import limesurvey, surveyjs, xlsform_reading
from surveys.importing import Draft


def read(name: str, content: bytes) -> Draft:
    """Return what the file says, with remarks. Raises workbooks.Unreadable."""
    if name.lower().endswith(".json") or content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return surveyjs.read(content)
    if name.lower().endswith((".lss", ".xml")):
        return limesurvey.read(content)
    return xlsform_reading.read(content)
