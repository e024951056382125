"""What an organiser gives of a recording: video, captions, transcript, chapters."""

import re
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.concurrency import SeenForm
from library import captions, texts
from library.captions import Cue
from library.forms import ReadFileField, UploadField
from records import recording, transcripts
from records.models import Recording

MOST_CHAPTERS = 100
_CHAPTER = re.compile(r"(\S+)\s+(?:[-\u2013\u2014]\s+)?(\S.*)")


class VideoForm(SeenForm):
    """The recording itself, and who may see it."""

    file = UploadField(
        label=gettext_lazy("Video file"),
        required=False,
        kinds=recording.KINDS,
        max_mb=recording.MAX_MB,
        note=gettext_lazy("It is kept here, for those alone who may see it."),
    )
    link = forms.CharField(
        label=gettext_lazy("Or a link"),
        required=False,
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=gettext_lazy(
            "Whoever has the address of a video elsewhere can watch it: use a file for what is "
            "not everybody's."
        ),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=Recording.Audience.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kept: Recording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({"audience": kept.audience, "link": kept.link})
        self.kept = kept

    def clean(self) -> dict[str, Any]:
        """Ask for one of file and link."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload, link = cleaned.get("file"), cleaned.get("link")
        if upload and link and link != self.kept.link:
            self.add_error("link", _("Give a file or a link, not both."))
        elif upload:
            cleaned["link"] = ""
        elif not link and not self.kept.file and not self.errors:
            self.add_error("file", _("Choose a file, or give a link."))
        return cleaned


class CaptionsForm(forms.Form):
    """Captions as a WebVTT or SubRip file; every line that is wrong is named."""

    captions = ReadFileField(
        label=gettext_lazy("Captions"),
        kinds=(".vtt", ".srt"),
        max_mb=4,
        note=gettext_lazy("Zoom, Teams and caption services write them."),
    )

    def clean_captions(self) -> list[Cue]:
        """Return what the file says, or say which lines to mend."""
        try:
            return captions.read(texts.decoded(self.cleaned_data["captions"].read()))
        except captions.BadCaptions as fault:
            words = [_("Line %(line)d: %(what)s") % {"line": n, "what": w} for n, w in fault.faults]
            raise forms.ValidationError(words) from None


class TranscriptForm(SeenForm):
    """A transcript that somebody wrote, in place of the captions' words."""

    transcript = forms.CharField(
        label=gettext_lazy("Transcript"),
        widget=forms.Textarea(attrs={"rows": 10}),
        required=False,
        max_length=1_000_000,
        help_text=gettext_lazy(
            "Paragraphs with a blank line between them. Left empty, the transcript is made of the "
            "captions, with times to jump to."
        ),
    )

    def clean_transcript(self) -> str:
        """Return the paragraphs as they are kept."""
        return "\n\n".join(one.text for one in transcripts.of_text(self.cleaned_data["transcript"]))


class ChaptersForm(SeenForm):
    """Chapters, one a line: when it begins, and its title."""

    chapters = forms.CharField(
        label=gettext_lazy("Chapters"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("One a line: 04:10 Why collection rates are the measure to watch"),
    )

    def clean_chapters(self) -> list[tuple[int, str]]:
        """Return the chapters in order, or say which lines to mend."""
        found: list[tuple[int, str]] = []
        faults = []
        lines = [line.strip() for line in self.cleaned_data["chapters"].splitlines()]
        for number, line in enumerate(lines, start=1):
            parts = _CHAPTER.fullmatch(line)
            start = transcripts.seconds(parts[1]) if parts else None
            if not line:
                continue
            if parts is None or start is None:
                faults.append(_("Line %d: write a time and a title, such as 04:10 Liens.") % number)
            elif found and start <= found[-1][0]:
                faults.append(_("Line %d: it begins before the chapter above it.") % number)
            else:
                found.append((start, parts[2][:200]))
        if len(found) > MOST_CHAPTERS:
            faults.append(_("There are more than %d chapters.") % MOST_CHAPTERS)
        if faults:
            raise forms.ValidationError(faults)
        return found


def chapters_as_text(kept: Recording) -> str:
    """Return the chapters as the form shows them."""
    return "\n".join(f"{transcripts.stamp(start)} {title}" for start, title in kept.chapters)


def transcript_as_text(kept: Recording) -> str:
    """Return the transcript that somebody wrote as the form shows it; one not kept yet has none."""
    if not kept.has_own_transcript:
        return ""
    texts = kept.segments.order_by("position").values_list("text", flat=True)
    return "\n\n".join(texts)
