"""Names as people sort and look for them: without regard to case and accents."""

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower


def plain(field: str) -> Func:
    """Return a column's text in small letters without accents: "peñasco" becomes "penasco"."""
    return Func(Lower(F(field)), function="unaccent", output_field=TextField())


def plain_words(text: str) -> Func:
    """Return words to compare with a plain column."""
    return Func(Value(text.lower()), function="unaccent", output_field=TextField())
