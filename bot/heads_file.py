"""The file of pinned heads: append-only, on another disk than the database.

A thread of its own does the writing: a disk that hangs must not take the intake with it.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bot.heads import HeadsBroken, HeadsKey, Line, Pin, PinKind, read_line

TAIL_BYTES = 64 * 1024
"""More than any line, and than the rest of one that a crash cut short."""


class HeadsFile:
    """Appends lines and reads them. Several processes may share one file."""

    def __init__(self, path: Path, key: HeadsKey) -> None:
        self.path = path
        self.key = key
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="heads")

    async def upto(self) -> int:
        """Every history line numbered up to this one is pinned. Raises HeadsBroken, OSError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._upto)

    async def begin(self, at: datetime) -> None:
        """Begins the file where there is none, durably. Raises HeadsBroken, OSError."""
        if not self.path.exists():
            await asyncio.get_running_loop().run_in_executor(self._thread, self._append, (), at)

    async def append(self, pins: Sequence[Pin]) -> None:
        """Writes what is not pinned yet, durably. Raises HeadsBroken, OSError."""
        await asyncio.get_running_loop().run_in_executor(
            self._thread, self._append, pins, pins[0].at
        )

    def lines(self) -> Iterator[Line]:
        """Every line, in order, unchecked. Blocks: for the command line."""
        with self.path.open("rb") as file:
            for text in file:
                line = read_line(text.rstrip(b"\n"))
                if line is not None:
                    yield line

    def _upto(self) -> int:
        try:
            with self.path.open("rb") as file:
                last = self._last(file)
        except FileNotFoundError:
            return 0
        return 0 if last is None else last.pin.upto

    def _append(self, pins: Sequence[Pin], at: datetime) -> None:
        new = not self.path.exists()
        with self.path.open("ab+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file is closed
            last = self._last(file)
            added = [] if _ends_a_line(file) else [b""]
            if last is None:
                last = self.key.write(_start(at, self.key.public), None)
                added.append(last.text)
            pinned = last.pin.upto
            for pin in pins:
                # Another process may have pinned it while this one read the database.
                if pin.kind is PinKind.HEAD and pin.upto <= pinned:
                    continue
                upto = max(pinned, pin.upto, last.pin.upto)
                last = self.key.write(replace(pin, upto=upto), last)
                added.append(last.text)
            file.write(b"".join(text + b"\n" for text in added))
            file.flush()
            os.fsync(file.fileno())
        if new:
            _keep_name(self.path)

    def _last(self, file: BinaryIO) -> Line | None:
        """The last whole line; None where there is none. Raises HeadsBroken for a foreign one."""
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        for text in reversed(file.read().split(b"\n")):
            line = read_line(text)
            if line is not None:
                if not self.key.has_signed(line):
                    raise HeadsBroken(line.number)
                return line
        return None


def _start(at: datetime, public: str) -> Pin:
    return Pin(PinKind.START, at, hash=public)


def _ends_a_line(file: BinaryIO) -> bool:
    """False after a crash in the middle of a line, or before its end."""
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _keep_name(path: Path) -> None:
    """A new file's name is on disk only when its folder is."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
