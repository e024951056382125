"""A survey that comes in from another tool."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.forms import ReadFileField
from surveys.instrument_forms import check_version
from surveys.models import Survey
from surveys.models.instrument import SurveyQuerySet

MOST = 500  # questionnaires that one can choose from


class UploadForm(forms.Form):
    """The file."""

    file = ReadFileField(
        label=gettext_lazy("File"),
        kinds=(".xlsx", ".lss"),
        max_mb=10,
        help_text=gettext_lazy(
            "An XLSForm workbook (.xlsx) or a LimeSurvey file (.lss), of at most 10 MB."
        ),
    )


class StoreForm(forms.Form):
    """Under which identity and version what was read is stored; neither is guessed."""

    NEW = "-new-"  # no key of a survey begins like this

    follows = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)
    version = forms.CharField(
        label=gettext_lazy("Version"), max_length=20, validators=[check_version]
    )
    carried = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, known: SurveyQuerySet, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        newest = known.order_by("key", "-pk").distinct("key").values("pk")
        rows = Survey.objects.filter(pk__in=newest).only("key", "title", "version")
        self.newest = {survey.key: survey for survey in rows.order_by("title", "pk")[:MOST]}
        following = [
            (key, _("The next version of “%(survey)s”") % {"survey": survey})
            for key, survey in self.newest.items()
        ]
        field: Any = self.fields["follows"]
        field.choices = [(self.NEW, _("A new questionnaire")), *following]

    def before(self) -> Survey | None:
        """Return the newest version of the questionnaire that it follows, if it follows one."""
        return self.newest.get(self.cleaned_data["follows"])
