"""What is said of a resource: a file, or a link to one elsewhere."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenField, SeenForm
from accounts.models import User
from accounts.names import one_line
from agencies.models import Community
from library import keeping, search, uploads
from library.keeping import Details
from library.models import Resource, Synonym, Topic
from library.uploads import UploadedFile


class UploadField(forms.FileField):
    """A file of these kinds that is looked into; its size is told before it is sent."""

    def __init__(
        self, *, kinds: Sequence[str], max_mb: int, note: object = "", **more: Any
    ) -> None:
        self.kinds, self.max_mb = kinds, max_mb
        said = {"kinds": ", ".join(kinds), "most": max_mb, "note": note}
        words = gettext_lazy("{kinds}, at most {most} MB. {note}")
        more["help_text"] = more.get("help_text") or format_lazy(words, **said)
        super().__init__(allow_empty_file=True, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Tell the browser which kinds and sizes are taken."""
        attrs = super().widget_attrs(widget)
        attrs["accept"] = ",".join(self.kinds)
        return attrs | uploads.sizes_told(self.max_mb)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file as it is kept, or say what to do with it."""
        upload = super().clean(data, initial)
        try:
            return self.looked_into(upload) if upload else upload
        except uploads.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def looked_into(self, upload: UploadedFile) -> UploadedFile:
        """Return the file as it is kept. Raises uploads.Refused."""
        return uploads.clean(upload, kinds=self.kinds, max_mb=self.max_mb)


class ReadFileField(UploadField):
    """A file that is read and not kept; it is scanned as those that are."""

    def looked_into(self, upload: UploadedFile) -> UploadedFile:
        """Return the file if it is not too large and the scanner knows nothing of it."""
        if upload.size > self.max_mb * uploads.MB:
            raise uploads.Refused(uploads.too_large(self.max_mb) % {"name": upload.name})
        uploads.scan(upload, upload.name or "")
        return upload


def _kinds() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("Choose what it is")), *Resource.Kind.choices]


class ResourceForm(forms.Form):
    """A file or link, who may see it, and its topics; facilitators keep theirs in the community."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seen = SeenField()
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[one_line])
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=_kinds)
    file = UploadField(
        label=gettext_lazy("File"), required=False, kinds=keeping.KINDS, max_mb=keeping.MAX_MB
    )
    link = forms.CharField(
        label=gettext_lazy("Or a link"),
        required=False,
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=gettext_lazy("Who opens it leaves the portal; its own rules say who may."),
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=Resource.Visibility.choices,
        widget=forms.RadioSelect,
    )
    community = forms.ModelChoiceField(
        label=gettext_lazy("Community"), queryset=Community.objects.none(), required=False
    )
    reviewed_on = forms.DateField(
        label=gettext_lazy("Last reviewed"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("When somebody last made sure that it still holds."),
        validators=[MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2100, 1, 1))],
    )
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"),
        queryset=Topic.objects.order_by("position", "name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        data: MultiValueDict[str, str] | None,
        files: MultiValueDict[str, Any] | None,
        *,
        by: User,
        resource: Resource | None = None,
        community: Community | None = None,
    ) -> None:
        first: dict[str, Any] = {"uid": uuid4(), "community": community}
        first["visibility"] = "community" if community else ""
        super().__init__(data, files, initial=_initial_of(resource) if resource else first)
        self.resource = resource
        if resource and resource.file:
            self.fields["file"].label = _("New file, in the place of %s") % resource.file_name
        field = self.fields["community"]
        field.queryset = (  # type: ignore[attr-defined] # a ModelChoiceField
            Community.objects.run_by(by).order_by("name", "pk")
        )
        if not by.is_organiser:
            del self.fields["visibility"]
            field.required = True

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of file and link, and for the community of what is closed."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = [name for name in ("file", "link") if cleaned.get(name)]
        if len(given) == 2:
            self.add_error("link", _("Give a file or a link, not both."))
        elif not given and not {"file", "link"} & set(self.errors) and not self._has_file():
            self.add_error("file", _("Choose a file, or give a link."))
        if cleaned.get("visibility") == "community" and not cleaned.get("community"):
            self.add_error("community", _("Say which community may see it."))
        return cleaned

    def _has_file(self) -> bool:
        return bool(self.resource and self.resource.file)

    def details(self) -> Details:
        """Return what the form says; it is valid."""
        kept = self.resource.visibility if self.resource else Resource.Visibility.COMMUNITY
        given = self.cleaned_data
        return Details(
            title=given["title"],
            kind=given["kind"],
            link=given["link"],
            visibility=given.get("visibility", kept),
            community=given["community"],
            reviewed_on=given["reviewed_on"],
        )


def _initial_of(resource: Resource) -> dict[str, Any]:
    names = ("uid", "title", "kind", "link", "visibility", "community", "reviewed_on")
    shown, topics = {name: getattr(resource, name) for name in names}, list(resource.topics.all())
    return shown | {"topics": topics, "seen": keeping.version(resource, topics)}


class SynonymsForm(SeenForm):
    """Other words for a topic, one a line."""

    MOST = 50

    synonyms = forms.CharField(
        label=gettext_lazy("Other words for it"),
        help_text=gettext_lazy(
            "One word or phrase a line, such as “wage theft”. Whoever searches for it finds what "
            "hangs on the topic. Word endings and capitals make no difference."
        ),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def clean_synonyms(self) -> list[str]:
        """Return the words and phrases, each once."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["synonyms"].splitlines()]
        texts = list({line.lower(): line for line in lines if line}.values())
        if len(texts) > self.MOST:
            raise forms.ValidationError(_("At most %s words and phrases, please.") % self.MOST)
        for text in texts:
            if len(text) > Synonym.LONGEST or not search.terms(text):
                raise forms.ValidationError(
                    _("“%(text)s” cannot be searched for: up to %(number)s letters and digits.")
                    % {"text": text[:40], "number": Synonym.LONGEST}
                )
        return sorted(texts)
