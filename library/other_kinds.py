"""Kinds of files that are sent often and not taken: what to do instead."""

from collections.abc import Collection

from django.utils.translation import gettext as _

_PLAYED = {".mp4", ".webm", ".mov", ".m4v", ".avi", ".mkv", ".wmv"}
_PLAYED |= {".mp3", ".m4a", ".wav", ".aac", ".ogg", ".flac"}
_PICTURES = {".heic", ".heif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg", ".avif"}
_PACKED = {".zip", ".7z", ".rar", ".gz", ".tar", ".tgz"}
_OLDER = {".doc": ".docx", ".dot": ".docx", ".rtf": ".docx", ".ppt": ".pptx", ".pps": ".pptx"}
_OLDER |= {".xls": ".xlsx", ".docm": ".docx", ".dotm": ".docx", ".dotx": ".docx"}
_OLDER |= {".xlsm": ".xlsx", ".xlsb": ".xlsx", ".xltx": ".xlsx", ".potx": ".pptx"}
_OLDER |= {".pptm": ".pptx", ".ppsx": ".pptx"}


def what_to_do(ending: str, kinds: Collection[str]) -> str:
    """Return a sentence on how such a file can be given where these kinds are taken."""
    newer = _OLDER.get(ending)
    if newer in kinds:
        return _("Open it, save it as %(ending)s and choose that.") % {"ending": newer}
    if ending in _PLAYED:
        return _(
            "Recordings need captions or a transcript: an organizer adds them with the webinar, "
            "or give a link to where it is kept."
        )
    if ending in _PACKED:
        return _("Unpack it and send what is inside, one file at a time.")
    if ending in _PICTURES and ".jpg" in kinds:
        return _("Save the picture as .jpg or .png and choose that.")
    if ".pdf" in kinds:
        return _("Save or print it as a PDF and choose that.")
    return _("Save it as one of these and choose that.")
