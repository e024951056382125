"""A survey that comes in from another tool."""

from django import forms
from django.utils.translation import gettext_lazy

from library.forms import ReadFileField
from surveys.instrument_forms import check_version


class UploadForm(forms.Form):
    """The file."""

    file = ReadFileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An XLSForm workbook (.xlsx), a survey in SurveyJS JSON (.json) or a LimeSurvey file "
            "(.lss), of at most 10 MB."
        ),
    )


class StoreForm(forms.Form):
    """Under which version what was read is stored."""

    version = forms.CharField(
        label=gettext_lazy("Version"), max_length=20, validators=[check_version]
    )
    carried = forms.CharField(widget=forms.HiddenInput)
