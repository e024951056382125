"""What an organiser says when a webinar is closed."""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django import forms
from django.core.files.uploadedfile import UploadedFile as AnyUpload
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from events import attendance as reading
from events import reports, stamps, zones
from events.reports import Kind
from library.forms import ReadFileField
from records.attendance import File
from records.models import Closing
from webinars.models import Webinar

MOST_FILES = 10
UploadedFile: TypeAlias = "AnyUpload[bytes]"


class _Files(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(ReadFileField):
    """One or more files; each is kept as it was sent."""

    widget = _Files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Choose at most %d files at once.") % MOST_FILES)
        return [super(_FilesField, self).clean(one, initial) for one in given or [None]]


class ReportsForm(forms.Form):
    """Attendance reports, and what they do not say themselves: whose clocks they were read off."""

    reports = _FilesField(
        label=gettext_lazy("Attendance reports"),
        kinds=(".csv", ".tsv", ".txt"),
        max_mb=reports.MOST_MB,
        help_text=gettext_lazy(
            "CSV files from Zoom or Teams, one or more: a meeting that was started twice has two. "
            "At most 5 MB each. The files are read and not kept."
        ),
        widget=_Files(attrs={"multiple": True}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the reports"),
        help_text=gettext_lazy(
            "No report says it. Zoom writes the host's zone, Teams that of who downloads."
        ),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("A date such as 9/10/2026 means"),
        choices=[
            ("", gettext_lazy("What fits the webinar's date")),
            ("month", gettext_lazy("September 10: the month comes first")),
            ("day", gettext_lazy("October 9: the day comes first")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, webinar: Webinar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.webinar = webinar
        field = self.fields["time_zone"]
        field.initial = webinar.time_zone
        names = {name: str(label) for name, label in zones.US_ZONES.items()}
        names.setdefault(webinar.time_zone, zones.zone_name(webinar.time_zone))
        field.choices = names.items()  # type: ignore[attr-defined] # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Read the files; the first thing that is wrong with each is said."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["read"] = []
        for upload in cleaned["reports"]:
            try:
                cleaned["read"].append(self._read(upload))
            except reports.Unreadable as fault:
                self._say(upload, str(fault))
            except stamps.OrderOpen:
                words = _("Its dates can be read in two ways. Say below which number is the month.")
                self._say(upload, words)
        return cleaned

    def _say(self, upload: UploadedFile, fault: str) -> None:
        self.add_error("reports", f"“{(upload.name or '')[:100]}”: {fault}")

    def _read(self, upload: UploadedFile) -> File:
        raw = upload.read()
        report = reports.read(raw)
        if report.kind == Kind.ZOOM_REGISTRATIONS:
            words = _("It says who registered, not who came. Export the attendee report instead.")
            raise reports.Unreadable(words)
        given = self.cleaned_data
        order = stamps.Order(given["order"]) if given["order"] else None
        zone = ZoneInfo(given["time_zone"])
        read = reading.of(report, held_on=self.webinar.held_on, zone=zone, order=order)
        name = "".join(c for c in upload.name or "" if c.isprintable())
        return File(hashlib.sha256(raw).hexdigest(), name, given["time_zone"], read)

    def read(self) -> Sequence[File]:
        """Return what the files say; the form is valid."""
        files: Sequence[File] = self.cleaned_data["read"]
        return files


class RuleForm(SeenForm):
    """How long somebody must have been there to have attended."""

    needed = forms.IntegerField(label=gettext_lazy("At least"), min_value=1, max_value=720)
    unit = forms.ChoiceField(label=gettext_lazy("Of what"), choices=Closing.Unit.choices)

    def clean(self) -> dict[str, Any]:
        """Refuse more than the whole."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("unit") == Closing.Unit.PERCENT and (cleaned.get("needed") or 0) > 100:
            self.add_error("needed", _("At most 100 percent."))
        return cleaned


class DecisionForm(SeenForm):
    """What an organiser decides of one person, over what the reports say."""

    came = forms.ChoiceField(
        label=gettext_lazy("Did this person attend?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes that count"), min_value=0, max_value=720, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def clean_minutes(self) -> int | None:
        """Count none of somebody who did not come."""
        minutes: int | None = self.cleaned_data["minutes"]
        return minutes if self.cleaned_data.get("came") == "yes" else None

    def clean(self) -> dict[str, Any]:
        """Ask for the minutes of somebody who came."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("came") == "yes" and not cleaned.get("minutes") and not self.errors:
            self.add_error("minutes", _("Say how many minutes count."))
        return cleaned


class AssignForm(forms.Form):
    """Who somebody in the reports is: a registrant, or nobody that is known."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    email = forms.EmailField(label=gettext_lazy("E-mail of a registrant"), required=False)
