"""Read a survey file of another tool, whichever of the known kinds it is."""

from surveys import xlsform_reading
from surveys.importing import Draft


def read(name: str, content: bytes) -> Draft:
    """Return what the file says, with remarks. Raises workbooks.Unreadable."""
    return xlsform_reading.read(content)
