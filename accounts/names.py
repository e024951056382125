"""What stands on one line: names of people and agencies, titles, first lines of mails."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_BREAKS = {"Cc", "Zl", "Zp"}
_UNSEEN = {"Cf", "Cs", "Co"}
_JOINERS = "\u200c\u200d"  # names in Persian and Indic scripts are written with them


def one_line(text: str) -> None:
    """Refuse what breaks a line or hides in it, such as marks that turn the direction of reading.

    Raises ValidationError.
    """
    kinds = {unicodedata.category(letter) for letter in text if letter not in _JOINERS}
    if kinds & _BREAKS:
        raise ValidationError(_("Write it on one line."))
    if kinds & _UNSEEN:
        raise ValidationError(_("It holds characters that cannot be seen. Type it anew."))
