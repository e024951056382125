"""What becomes of pictures, and of files that would hold the portal up."""

import os
import time
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from library import apart, keeping, pictures, uploads
from library.unfit import Unfit
from tests.files import pdf, picture
from tests.library.conftest import upload
from tests.library.test_uploads import taken

COLORS = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def gps() -> Image.Exif:
    """Return what a telephone notes: where, with what, and how it was held."""
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Canary 5", 6
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def noted(kind: str) -> bytes:
    """Return a picture with everything that may be written beside its pixels."""
    notes: dict[str, Any] = {"exif": gps(), "icc_profile": COLORS}
    if kind == "PNG":
        about = PngImagePlugin.PngInfo()
        about.add_text("Author", "Canary text")
        about.add_itxt("XML:com.adobe.xmp", "<x>Canary</x>", zip=True)
        frames = [Image.new("RGB", (40, 30), color) for color in ("white", "black")]
        notes |= {"pnginfo": about, "save_all": True, "append_images": frames}
    else:
        notes |= {"comment": b"Canary comment", "xmp": b"<x>Canary</x>"}
    return picture(kind, (40, 30), **notes) + b"PK\x03\x04 Canary behind"


@pytest.mark.parametrize(
    ("name", "size"), [("a.png", (40, 30)), ("a.jpg", (30, 40)), ("a.jpeg", (30, 40))]
)
def test_pictures_lose_their_notes_and_stand_upright(name: str, size: tuple[int, int]):
    raw = noted("PNG" if name == "a.png" else "JPEG")

    kept = keeping.looked_into(upload(name, raw)).read()

    with Image.open(BytesIO(kept)) as shown:
        shown.load()
        red, _green, blue = shown.crop((15, 5, 16, 6)).tobytes()
        assert (shown.size, dict(shown.getexif()), shown.info["icc_profile"]) == (
            *(size, {}),
            COLORS,
        )
        assert (red > 200, blue < 50, getattr(shown, "n_frames", 1)) == (True, True, 1)
    assert [word for word in (b"Canary", b"Exif", b"xmp", b"acTL", b"eXIf") if word in kept] == []


def test_pixels_are_what_they_were():
    for kind, how in (("PNG", {}), ("JPEG", {}), ("JPEG", {"mode": "CMYK"})):
        raw = picture(kind, (40, 30), **how)
        kept = keeping.looked_into(upload(f"a.{kind.lower()}", raw)).read()
        with Image.open(BytesIO(raw)) as before, Image.open(BytesIO(kept)) as after:
            assert (before.mode, before.tobytes()) == (after.mode, after.tobytes())


def flate_bomb() -> bytes:
    """Return a small PDF with a stream of objects that unpacks to 4 GB."""
    squeeze = zlib.compressobj(9)
    packed_up = b"".join(squeeze.compress(bytes(1 << 24)) for _number in range(256))
    packed_up += squeeze.flush()
    body = f"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(packed_up)}".encode()
    start = pdf()
    return start.replace(
        b"xref\n", b"5 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nxref\n" % (body, packed_up)
    )


def test_hostile_files_end_within_bounds():
    scans = picture("JPEG", (6000, 8000), progressive=True, exif=gps())
    many = b"%PDF-1.7\n" + b"1 0 obj\n<</A[" * 1_000_000 + b"\n%%EOF"
    noise = b"\x89PNG\r\n\x1a\n" + os.urandom(40 * uploads.MB)
    chunks = picture()[:33] + (b"\0\0\0\0tEXt" + zlib.crc32(b"tEXt").to_bytes(4)) * 3_000_000
    hostile = {
        "a.jpg": scans,
        "a.pdf": many,
        "b.pdf": flate_bomb(),
        "a.png": noise,
        "b.png": chunks,
    }
    spent = {}

    for name, content in hostile.items():
        started = time.thread_time()
        taken(name, content)
        spent[name] = time.thread_time() - started

    # Of this thread; the rest is another process', which ends after three seconds of work.
    assert {name: one for name, one in spent.items() if one > 1} == {}


def test_what_asks_for_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "MOST_SECONDS", 0.01)

    assert taken("a.pdf", pdf()) == (
        "“a.pdf” takes too long to look through. Print it to a PDF file; choose that."
    )


def test_segments_are_bounded():
    with pytest.raises(Unfit):
        pictures.jpeg(BytesIO(b"\xff\xd8" + b"\xff\xfe\x00\x02" * (pictures.MOST_PARTS + 1)))
