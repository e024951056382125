"""Files as programs write them, made here: a PDF, pictures with notes, office documents."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image


def pdf(
    words: str = "", *, catalog: str = "", page: str = "", objects: tuple[str, ...] = ()
) -> bytes:
    """Return a PDF of one page with these words; objects count from 5."""
    stream = f"({words}) pop"
    size_and_fonts = "/MediaBox [0 0 9 9] /Resources << >>"
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R {size_and_fonts} {page} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        *objects,
    ]
    text, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(bodies) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return (text + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}").encode("latin-1")


def picture(
    kind: str = "PNG", size: tuple[int, int] = (4, 3), mode: str = "RGB", **how: Any
) -> bytes:
    """Return a picture, red on the left and blue on the right."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    written = BytesIO()
    drawn.convert(mode).save(written, kind, **how)
    return written.getvalue()


def zipped(parts: dict[str, bytes], prefix: bytes = b"") -> bytes:
    """Return a ZIP of these parts, packed."""
    packed = BytesIO(prefix)
    packed.seek(len(prefix))
    with ZipFile(packed, "a" if prefix else "w", ZIP_DEFLATED) as document:
        for name, content in parts.items():
            document.writestr(name, content)
    return packed.getvalue()
