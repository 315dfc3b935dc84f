"""A program: a picture on standard input, its pixels as a JPEG on standard output.

Started by `shown_copies.py` and by nothing else, and imports nothing of ours. It gives up every
right before it looks at a byte: no file, no socket, no child, so much memory, so much time. Any
trouble with the picture ends it with status 1 and no word, for a word could be the picture's own.
"""

import contextlib
import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, MpoImagePlugin

LINUX = sys.platform == "linux"
MEGABYTE = 1024 * 1024
MEMORY_BYTES = 768 * MEGABYTE
CPU_SECONDS = 8
MOST_PIXELS = 50_000_000
"""A photo of a present phone has 12 to 48 million."""
MOST_INPUT_BYTES = 64 * MEGABYTE
MOST_SCANNED = 200_000_000
"""Pixels times scans: a JPEG may be drawn over itself again and again; most are once or ten times.
"""
SCAN = b"\xff\xda"
SCANNED = ("JPEG", "MPO")
SIDE = 2048
QUALITY = 85
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def give_up_rights() -> None:
    """From here on nothing can be opened, written, started or connected to."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # where memory runs out, this process goes and not the service
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        # Linux knows them all, and there each must hold; elsewhere one tries things out.
        with contextlib.nullcontext() if LINUX else contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def redraw(picture: bytes) -> bytes:
    """The first frame, upright, no larger than SIDE, on white; none of what stood beside it."""
    image: Image.Image = Image.open(io.BytesIO(picture), formats=FORMATS)
    if image.format in SCANNED and image.width * image.height * picture.count(SCAN) > MOST_SCANNED:
        raise ValueError("too many scans")
    image.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    image = ImageOps.exif_transpose(image).convert("RGBA")
    clean = Image.new("RGB", image.size, "white")  # a new one has no metadata to be written
    clean.paste(image, mask=image.getchannel("A"))
    drawn = io.BytesIO()
    clean.save(drawn, "JPEG", quality=QUALITY)
    return drawn.getvalue()


def load_everything() -> None:
    """Draws a picture of ours in every format, so that no code is looked for on the disk later."""
    assert MpoImagePlugin  # what some phones' JPEG files are
    for form in FORMATS:
        sample, turned = io.BytesIO(), Image.Exif()
        turned[0x0112] = 6
        Image.new("P", (2, 2)).convert("RGB").save(sample, form, exif=turned)
        redraw(sample.getvalue())


def main() -> int:
    """0 with the picture written, 1 without."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    load_everything()
    give_up_rights()
    warnings.simplefilter("error")  # a decompression bomb begins as a warning
    try:
        drawn = redraw(sys.stdin.buffer.read(MOST_INPUT_BYTES))
    except Exception:  # noqa: BLE001  whatever it was, it is no picture for us
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
