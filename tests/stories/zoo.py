"""Files that harm whoever opens them, made here: nothing hostile lies in the repository."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

from tests.support.pictures import GPS_MARK, MAKER_MARK, pdf, photo, picture, recording

SCRIPT = b"<script>alert('canary-script')</script>"
KEPT = ("added.picture", "added.recording", "added.pdf")
SAFE = ("added.picture", "broken")
"""Drawn anew or refused: what a decoder makes of it is the decoder's own affair."""


@dataclass(frozen=True)
class Animal:
    """A file, and what may become of it."""

    name: str
    make: Callable[[], bytes]
    becomes: tuple[str, ...]
    called: str = "photo.jpg"
    """The name it comes under; nothing reads it."""


def png(width: int, height: int, rows: bytes = b"", *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with this header, whatever really is in it; one bit a pixel."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", rows), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def zeros(count: int) -> bytes:
    """So many zero bytes, deflated."""
    packing = zlib.compressobj(1)
    parts = [packing.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*parts, packing.flush()])


def archive(*entries: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return made.getvalue()


def with_texts() -> bytes:
    """A PNG with everything that may stand in one beside the picture."""
    texts, made = PngImagePlugin.PngInfo(), io.BytesIO()
    texts.add_text("Author", MAKER_MARK.decode())
    texts.add_itxt("XML:com.adobe.xmp", GPS_MARK.decode())
    exif = Image.Exif()
    exif[0x010F] = MAKER_MARK.decode()
    icc = b"icc " + GPS_MARK
    Image.new("RGB", (40, 40)).save(made, "PNG", pnginfo=texts, exif=exif, icc_profile=icc)
    return made.getvalue()


def webp_with_place() -> bytes:
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = MAKER_MARK.decode()
    Image.new("RGB", (40, 40)).save(made, "WEBP", exif=exif, xmp=GPS_MARK)
    return made.getvalue()


def gif_with_comment() -> bytes:
    made = io.BytesIO()
    Image.new("P", (40, 40)).save(made, "GIF", comment=MAKER_MARK + GPS_MARK)
    return made.getvalue()


def gif(width: int, height: int) -> bytes:
    """A small GIF that says that it is this large."""
    plain = picture("GIF", (8, 8), "P")
    return plain[:6] + struct.pack("<HH", width, height) + plain[10:]


def moving(frames: int) -> bytes:
    """A GIF of so many frames, each a million pixels."""
    plain = picture("GIF", (1000, 1000), "P")
    start = plain.index(b"\x2c", 13 + 3 * 2 ** ((plain[10] & 7) + 1))
    return plain[:start] + plain[start:-1] * frames + b";"


def webp_of(width: int, height: int) -> bytes:
    """A WebP whose canvas is this large."""
    side = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + side + b"ANIM"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that says that it is this large."""
    plain = bytearray(picture("JPEG", (64, 64)))
    start = plain.index(b"\xff\xc0") + 5
    plain[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(plain)


def scanned_again(times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    made = io.BytesIO()
    Image.new("L", (5000, 5000)).save(made, "JPEG", progressive=True, quality=30)
    data = made.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * times + data[-2:]


def broken_exif() -> bytes:
    """A JPEG whose EXIF points into itself."""
    tiff = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    plain = picture("JPEG")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 2) + tiff + plain[2:]


def macros() -> bytes:
    return archive(("word/vbaProject.bin", b"\xd0\xcf\x11\xe0 Sub AutoOpen()"), ("a.xml", b"<w/>"))


def animals() -> Iterable[Animal]:
    """All of them."""
    drawn, sound, paper = ("added.picture",), ("added.recording",), ("added.pdf",)
    strange, broken = ("wrong_type",), ("broken",)
    yield Animal("a photo with place, XMP and ICC", lambda: photo(400), drawn)
    yield Animal("PNG with texts", with_texts, drawn)
    yield Animal("WebP with place", webp_with_place, drawn)
    yield Animal("GIF with a comment", gif_with_comment, drawn)
    yield Animal("JPEG and archive", lambda: photo(80) + archive(("../../evil.sh", b"x")), drawn)
    yield Animal("PNG and archive", lambda: with_texts() + archive(("a", SCRIPT)), drawn)
    yield Animal(
        "GIF and script", lambda: b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;" + SCRIPT, SAFE
    )
    yield Animal("GIF with markup behind it", lambda: picture("GIF") + SCRIPT, drawn)
    yield Animal("PDF with a page in it", lambda: pdf(b"<html>" + SCRIPT), paper)
    yield Animal("PDF that acts", lambda: pdf(b"/OpenAction << /S /JavaScript >>"), paper)
    yield Animal("PDF and archive", lambda: pdf() + archive(("a", b"b")), paper)
    yield Animal("page in front of a PDF", lambda: SCRIPT + pdf(), strange, "paper.pdf")
    yield Animal("50k x 50k PNG, hollow", lambda: png(50_000, 50_000), broken)
    yield Animal("50k x 50k PNG", lambda: png(50_000, 50_000, zeros(313 << 20)), broken)
    yield Animal(
        "PNG with a text that swells",
        lambda: png(8, 8, zlib.compress(bytes(16)), (b"zTXt", b"a\0\0" + zeros(100 << 20))),
        SAFE,
    )
    yield Animal(
        "PNG with a profile that swells",
        lambda: png(8, 8, zlib.compress(bytes(16)), (b"iCCP", b"a\0\0" + zeros(100 << 20))),
        SAFE,
    )
    yield Animal("PNG whose rows never end", lambda: png(8, 8, zeros(100 << 20)), SAFE)
    yield Animal("GIF that says 65k x 65k", lambda: gif(65_535, 65_535), broken)
    yield Animal("WebP that says 16k x 16k", lambda: webp_of(16_383, 16_383), broken)
    yield Animal("JPEG that says 65k x 65k", lambda: jpeg_of(65_500, 65_500), broken)
    yield Animal("TIFF that says 50k x 50k", lambda: picture("TIFF"), strange)
    yield Animal("five thousand frames", lambda: moving(5_000)[: 9 << 20], drawn)
    yield Animal("five hundred scans", lambda: scanned_again(500), broken)
    yield Animal("nearly too many scans", lambda: scanned_again(1), drawn)
    yield Animal("EXIF that bites itself", broken_exif, SAFE)
    yield Animal("SVG with a script", lambda: b"<svg xmlns='x'>" + SCRIPT + b"</svg>", strange)
    yield Animal("page called a photo", lambda: b"<!doctype html>" + SCRIPT, strange)
    yield Animal("document with macros", macros, strange, "report.docm")
    yield Animal("old document", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64, strange)
    yield Animal("Windows program", lambda: b"MZ\x90\0" + bytes(500), strange)
    yield Animal("Linux program", lambda: b"\x7fELF" + bytes(500), strange)
    yield Animal(
        "shell script", lambda: b"#!/bin/sh\ntouch /tmp/evil\n", strange, "$(touch evil).jpg"
    )
    yield Animal("archive that swells", lambda: archive(("a", bytes(64 << 20))), strange, "a.zip")
    yield Animal("archives in archives", lambda: archive(("b", archive(("c", b"d")))), strange)
    yield Animal("archive with a way out", lambda: archive(("../../../evil", b"x")), strange)
    yield Animal("gzip that swells", lambda: gzip.compress(bytes(64 << 20)), strange)
    yield Animal("what scanners look for", lambda: b"X5O!P%@AP" + rb"[4\PZX54(P^)7CC)7}$", strange)
    yield Animal("PostScript", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(evil) run", strange, "a.eps")
    yield Animal("bitmap", lambda: picture("BMP"), strange)
    yield Animal("film", lambda: b"\0\0\0\x18ftypqt  " + bytes(200), strange, "film.mov")
    yield Animal("JPEG cut in half", lambda: photo(900)[:-900], broken)
    yield Animal("PNG cut in half", lambda: with_texts()[:-40], broken)
    yield Animal("WebP cut in half", lambda: webp_with_place()[:60], broken)
    yield Animal("nothing at all", lambda: b"", ("empty",))
    yield Animal("sound with markup", lambda: b"ID3" + SCRIPT * 40, sound, "a.mp3")
    yield Animal("twenty megabytes of sound", lambda: recording(20 << 20), sound, "a.m4a")
    yield Animal("eleven megabytes of photo", lambda: photo() + bytes(11 << 20), ("too_large",))
    yield Animal("a name that climbs", lambda: photo(90), drawn, "../../../../tmp/evil.jpg")
    yield Animal("a name with everything", lambda: photo(91), drawn, "ab\u202egpj.exe" * 20)
