"""What a file is, told by its first bytes alone: a name or a header may say anything."""

from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 64
"""Enough of a file to tell what it is."""


class FileKind(StrEnum):
    """What evidence can be. Ids are stored; never rename one."""

    PICTURE = "picture"
    RECORDING = "recording"
    PDF = "pdf"


@dataclass(frozen=True)
class FileType:
    """A kind, and how such a file's name ends."""

    kind: FileKind
    ending: str
    drawn: bool = False
    """It can be drawn anew, and is only taken if that succeeds."""


_JPEG = FileType(FileKind.PICTURE, "jpg", drawn=True)
_PNG = FileType(FileKind.PICTURE, "png", drawn=True)
_GIF = FileType(FileKind.PICTURE, "gif", drawn=True)
_WEBP = FileType(FileKind.PICTURE, "webp", drawn=True)
_HEIC = FileType(FileKind.PICTURE, "heic")
_PDF = FileType(FileKind.PDF, "pdf")
_MP3 = FileType(FileKind.RECORDING, "mp3")

_BEGINNINGS = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"%PDF-", _PDF),
    (b"ID3", _MP3),
    (b"\xff\xfb", _MP3),
    (b"\xff\xf3", _MP3),
    (b"\xff\xf2", _MP3),
    (b"\xff\xf1", FileType(FileKind.RECORDING, "aac")),
    (b"\xff\xf9", FileType(FileKind.RECORDING, "aac")),
    (b"OggS", FileType(FileKind.RECORDING, "ogg")),
    (b"fLaC", FileType(FileKind.RECORDING, "flac")),
    (b"#!AMR", FileType(FileKind.RECORDING, "amr")),
    (b"caff", FileType(FileKind.RECORDING, "caf")),
)
_RIFF = {b"WEBP": _WEBP, b"WAVE": FileType(FileKind.RECORDING, "wav")}
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"))
_RECORDING_BRANDS = frozenset(
    (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6", b"3g2a")
)
"""What phones' own recorders write."""
_WEBM = b"\x1a\x45\xdf\xa3"


def type_of(head: bytes) -> FileType | None:
    """The type of a file that begins like this; None for one that is not taken."""
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIC_BRANDS:
            return _HEIC
        if head[8:12] in _RECORDING_BRANDS:
            return FileType(FileKind.RECORDING, "m4a")
    if head.startswith(_WEBM) and b"webm" in head[:HEAD_BYTES]:
        return FileType(FileKind.RECORDING, "webm")
    return None
