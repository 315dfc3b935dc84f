"""The copy of a picture that the desk sees, and the process that makes it."""

import asyncio
import io
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from bot import shown_copies
from bot.shown_copies import PROGRAM, ShownCopies
from tests.support.pictures import GPS_MARK, MAKER_MARK, in_parts, photo, picture


async def drawn(data: bytes) -> Image.Image:
    copy = await ShownCopies().draw(in_parts(data))
    assert copy is not None
    return Image.open(io.BytesIO(copy))


async def test_the_copy_is_upright_and_holds_pixels_and_nothing_else() -> None:
    sent = photo(120)
    assert GPS_MARK in sent and MAKER_MARK in sent
    copy = await ShownCopies().draw(in_parts(sent))
    assert copy is not None
    assert GPS_MARK not in copy and MAKER_MARK not in copy
    image = Image.open(io.BytesIO(copy))
    assert image.format == "JPEG" and image.size == (60, 120)  # it was taken lying down
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1"])
async def test_every_format_is_drawn(form: str, mode: str) -> None:
    if form == "JPEG" and mode in ("RGBA", "P"):
        mode = "CMYK"
    if form == "WEBP" and mode in ("P", "L", "1"):
        mode = "RGB"
    image = await drawn(picture(form, (40, 30), mode))
    assert image.size == (40, 30) and image.mode == "RGB"


async def test_what_is_large_is_made_smaller_and_what_is_clear_becomes_white() -> None:
    assert (await drawn(picture("PNG", (5000, 2500)))).size == (2048, 1024)
    image = await drawn(picture("PNG", (8, 8), "RGBA"))
    assert image.getpixel((4, 4)) == (255, 255, 255)


async def test_what_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    never = asyncio.Event()

    async def hangs() -> AsyncIterator[bytes]:
        yield photo()
        await never.wait()

    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def noted(*command: str, **options: object) -> asyncio.subprocess.Process:
        started.append(await start(*command, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(shown_copies.asyncio, "create_subprocess_exec", noted)
    assert await ShownCopies(seconds=0.1).draw(hangs()) is None
    assert [process.returncode is not None for process in started] == [True]


TRIES = {
    "a file": "open('/etc/hostname')",
    "a new file": "open('/tmp/mamori-evil', 'w')",
    "a connection": "import socket; socket.socket()",
    "a pipe": "import os; os.pipe()",
    "memory": "bytearray(1 << 30)",
    "a program": "import subprocess; subprocess.run(['true'])",
}


@pytest.mark.parametrize("what", TRIES)
def test_the_process_can_do_nothing_else(what: str) -> None:
    program = f"""
import runpy, socket, subprocess, sys
child = runpy.run_path({str(PROGRAM)!r})
child["give_up_rights"]()
try:
    {TRIES[what]}
except (OSError, MemoryError):
    sys.exit(7)
"""
    done = subprocess.run([sys.executable, "-I", "-B", "-c", program], capture_output=True)
    assert done.returncode == 7, done.stderr
