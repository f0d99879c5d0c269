"""PDFs written by hand: the smallest that say what a test needs, and some made to do harm."""

from __future__ import annotations

import io
import zlib

PLAIN = b"BT /F1 24 Tf 72 700 Td (Page one of the offer) Tj ET"


def written(*objects: bytes, root: int = 1) -> bytes:
    """A file of objects numbered from 1, with the table that says where they are."""
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start))
    return out.getvalue()


def stream(content: bytes, more: bytes = b"") -> bytes:
    """A stream object's words."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def pages(
    *contents: bytes,
    box: bytes = b"0 0 595 842",
    catalog: bytes = b"",
    resources: bytes = b"",
    more: tuple[bytes, ...] = (),
) -> bytes:
    """A file of pages that draw these; ``more`` are objects of theirs, numbered from 4."""
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * place) for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *more,
    ]
    for place, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> %s >> >>"
            % (box, first + 2 * place + 1, resources)
        )
        objects.append(stream(content))
    return written(*objects)


def offer(count: int = 3) -> bytes:
    """An offer of so many pages."""
    return pages(*(PLAIN.replace(b"one", str(number).encode()) for number in range(1, count + 1)))


def locked(content: bytes) -> bytes:
    """The same, which opens with a password alone."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt("geheim", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_field(value: bytes) -> bytes:
    """A form whose field was filled in."""
    looks = stream(
        b"/Tx BMC BT /F1 12 Tf 2 5 Td (%s) Tj ET EMC" % value,
        b"/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /F1 3 0 R >> >>",
    )
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (price) /V (%s) /Rect [72 600 272 620] /F 4 /DA (/F1 12 Tf 0 g) /AP << /N 5 0 R >> >>"
        % value
    )
    made = pages(b"", catalog=b"/AcroForm << /Fields [4 0 R] /DR << /Font << /F1 3 0 R >> >> >>", more=(field, looks))
    return made.replace(b"/Type /Page /Parent", b"/Type /Page /Annots [4 0 R] /Parent")


def _image(width: int, height: int, packed: bytes) -> bytes:
    about = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    return stream(packed, about % (width, height))


def _form(content: bytes, inner: int | None = None) -> bytes:
    """A drawing that may hold another one."""
    held = b"" if inner is None else b"/Resources << /XObject << /X1 %d 0 R >> >>" % inner
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] " + held)


HUGE = zlib.compress(b"\0" * 60_000_000, 9)
ENDLESS = b"q 1 0 0 1 0 0 cm /X1 Do Q " * 30
SCRIPT = b"/OpenAction << /S /JavaScript /JS (while\\(true\\){}) >>"

HARMFUL: dict[str, bytes] = {
    "cut off": offer()[:200],
    "no pages": written(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "only a name": b"%PDF-1.7\n",
    "another kind": b"PK\x03\x04" + b"\0" * 2_000,
    "locked": locked(offer()),
    "a picture beyond memory": pages(
        b"595 0 0 842 0 0 cm /X1 Do", resources=b"/XObject << /X1 4 0 R >>", more=(_image(60_000, 60_000, HUGE),)
    ),
    "forms in forms": pages(
        ENDLESS,
        resources=b"/XObject << /X1 4 0 R >>",
        more=(*(_form(ENDLESS, number + 1) for number in range(4, 12)), _form(b"0 0 1 1 re f")),
    ),
    "endless paths": pages(b"0 0 m " + b"".join(b"%d %d l " % (n % 595, n * 7 % 842) for n in range(600_000)) + b"S"),
}  # fmt: skip
"""What does harm, or would: whatever comes of it, it is little, and soon."""
