"""Pictures and other files to send as evidence, made here and nowhere kept."""

import io
from collections.abc import AsyncIterator

from PIL import Image

GPS_MARK = b"35;41;22.4"
"""Stands in the place that a camera wrote down."""
MAKER_MARK = b"canary-maker"


def photo(side: int = 64, *, colour: str = "red", mark: bytes = MAKER_MARK) -> bytes:
    """A JPEG with where, when and by whom it was taken, in EXIF, XMP and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = mark.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (35.0, 41.0, 22.4)
    place[29] = GPS_MARK.decode()
    made = io.BytesIO()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + mark + b"</x:xmpmeta>"
    Image.new("RGB", (side, side // 2), colour).save(
        made, "JPEG", exif=exif, comment=mark, icc_profile=b"icc " + mark, xmp=xmp
    )
    return made.getvalue()


def picture(form: str, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """A plain picture in a format of Pillow's."""
    made = io.BytesIO()
    Image.new(mode, size).save(made, form)
    return made.getvalue()


def pdf(mark: bytes = b"") -> bytes:
    """The beginning of a PDF, and what a person wrote in it."""
    return b"%PDF-1.7\n" + mark + b"\n%%EOF"


def recording(size: int = 2_000, mark: bytes = b"") -> bytes:
    """What a phone's recorder writes, as far as anybody here looks."""
    return b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00" + mark + b"\x07" * size


async def in_parts(data: bytes, part: int = 60_000) -> AsyncIterator[bytes]:
    """A file as it comes from a socket."""
    for start in range(0, len(data), part):
        yield data[start : start + part]
