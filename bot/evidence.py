"""Files of evidence: taken in as they come, sealed at once, and given out again in parts.

A file exists from the moment in which the case's body names it. Until then its chunks are half
an upload, which whoever failed removes, or a clock where the process died.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.bodies import KeptCopy, KeptFile, ReportBody, pack
from bot.case_records import CHUNK_BYTES, Case, CaseState, Chunk, Copy
from bot.case_work import PRIORITY, Work, refresh_quietly, report_of, said_at
from bot.keys import new_id
from bot.ports import Transaction
from bot.talks import to_be_answered
from bot.work_records import NewJob
from flows.file_kinds import HEAD_BYTES, FileKind, FileType, type_of
from flows.phrases import Say, say

MEGABYTE = 1024 * 1024
LONGEST = timedelta(minutes=20)
"""For one file; a slow telephone sends ten megabytes in a few."""
DROPPED_AFTER = timedelta(minutes=30)
"""Half an upload goes by then. Later than LONGEST, so that nothing is taken from under a living
one."""


@dataclass(frozen=True)
class Limits:
    """How much is taken. In bytes, but for `files`, which is for one case."""

    files: int
    picture: int
    recording: int
    altogether: int

    def most(self, kind: FileKind) -> int:
        """How large a file of this kind may be."""
        return self.picture if kind is FileKind.PICTURE else self.recording


class Draws(Protocol):
    """Makes the copy of a picture that may be shown."""

    async def draw(self, picture: AsyncIterator[bytes]) -> bytes | None: ...


class Cut(Exception):
    """The rest of a file never came."""


@dataclass(frozen=True)
class Added:
    """What became of one file, and what its sender reads."""

    notice: Say
    kept: bool


class _NotAdded(Exception):
    def __init__(self, notice: Say, *, kept: bool = False) -> None:
        super().__init__(notice.key)
        self.notice, self.kept = notice, kept


@dataclass(frozen=True)
class _Arriving:
    """A file on its way in."""

    case_id: str
    id: str

    @property
    def dedup(self) -> str:
        return f"drop_file:{self.id}"


class Evidence:
    """Takes files in and gives them out. Who may is asked before."""

    def __init__(self, work: Work, drawing: Draws, limits: Limits) -> None:
        self._work = work
        self._drawing = drawing
        self.limits = limits

    async def kept(self, case_id: str) -> tuple[KeptFile, ...] | None:
        """What a report holds already; None for what is no report, or takes nothing any more."""
        async with self._work.storage.read() as tx:
            case, body = await tx.cases.get(case_id), await report_of(tx, case_id)
        if case is None or body is None or case.state is CaseState.WITHDRAWN:
            return None
        return body.files

    async def add(self, case_id: str, parts: AsyncIterator[bytes]) -> Added:
        """Takes a file in. Whatever goes wrong, nothing of it is left and the others stay."""
        file = _Arriving(case_id, new_id(self._work.entropy))
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                return await self._add(file, parts)
        except _NotAdded as refused:
            await self._forget(file)
            return Added(refused.notice, refused.kept)
        except (TimeoutError, Cut):
            if await self._forget(file):
                return Added(say("file.cut"), kept=False)
            return Added(say("file.already"), kept=True)
        except BaseException:
            await self._forget(file)
            raise

    async def _add(self, file: _Arriving, parts: AsyncIterator[bytes]) -> Added:
        await self._look_for_room(file)
        blocks = _blocks(parts)
        first, _ = head = await anext(blocks)
        if not first:
            raise _NotAdded(say("file.empty"))
        type_ = type_of(first[:HEAD_BYTES])
        if type_ is None:
            raise _NotAdded(say("file.wrong_type"))
        most = self.limits.most(type_.kind)
        original = await self._store(file, Copy.ORIGINAL, _again(head, blocks), most)
        shown = await self._draw(file, original) if type_.drawn else None
        return await self._keep(file, type_, original, shown)

    async def _look_for_room(self, file: _Arriving) -> None:
        """Before the first byte is kept; and from here on a clock removes what is half there."""
        work = self._work
        async with work.storage.write(quiet=True) as tx:
            case, body = await tx.cases.get(file.case_id), await report_of(tx, file.case_id)
            self._check(case, body)
            if await tx.files.count() * CHUNK_BYTES >= self.limits.altogether:
                raise _NotAdded(say("file.no_room"))
            due = work.clock.now() + DROPPED_AFTER
            priority = PRIORITY["reminder"]
            await tx.jobs.enqueue([NewJob("drop_file", file.id, due, file.dedup, priority)])

    def _check(self, case: Case | None, body: ReportBody | None) -> None:
        if case is None or body is None or case.state is CaseState.WITHDRAWN:
            raise _NotAdded(say("file.not_now"))
        if len(body.files) >= self.limits.files:
            raise _NotAdded(say("file.too_many", max=self.limits.files))

    async def _store(
        self, file: _Arriving, copy: Copy, blocks: AsyncIterator[tuple[bytes, bool]], most: int
    ) -> KeptCopy:
        number = size = 0
        digest = hashlib.sha256()
        async for text, last in blocks:
            size += len(text)
            if size > most:
                raise _NotAdded(say("file.too_large", max=most // MEGABYTE))
            digest.update(text)
            async with self._work.storage.write(quiet=True) as tx:
                await tx.files.put(Chunk(file.case_id, file.id, copy, number, last), text)
            number += 1
        return KeptCopy(chunks=number, size=size, sha256=digest.hexdigest())

    async def _draw(self, file: _Arriving, original: KeptCopy) -> KeptCopy:
        picture = self._read(file.case_id, file.id, Copy.ORIGINAL, original)
        drawn = await self._drawing.draw(picture)
        if drawn is None:
            raise _NotAdded(say("file.broken"))
        return await self._store(file, Copy.SHOWN, _blocks(_one(drawn)), len(drawn))

    async def _keep(
        self, file: _Arriving, type_: FileType, original: KeptCopy, shown: KeptCopy | None
    ) -> Added:
        """The file is there, and with it the line of the history: one transaction."""
        work, now = self._work, self._work.clock.now()
        kept = KeptFile(
            id=file.id, kind=type_.kind, ending=type_.ending, original=original, shown=shown
        )
        async with work.storage.write() as tx:
            case = await tx.cases.lock(file.case_id)
            body = await report_of(tx, file.case_id)
            self._check(case, body)
            assert case is not None and body is not None
            if any(each.original.sha256 == original.sha256 for each in body.files):
                raise _NotAdded(say("file.already"), kept=True)
            if await tx.jobs.due_at(file.dedup) is None:
                raise _NotAdded(say("file.cut"))  # the clock came first
            await self._note(tx, case, body, kept, now)
            await tx.jobs.cancel(file.id)
            await to_be_answered(work, tx, case, with_file(body, kept), "", now)
            await refresh_quietly(tx, case.id, now)
        as_it_is = type_.kind is FileKind.PICTURE and not type_.drawn
        return Added(say("file.added.heic" if as_it_is else f"file.added.{type_.kind}"), kept=True)

    async def _note(
        self, tx: Transaction, case: Case, body: ReportBody, kept: KeptFile, now: datetime
    ) -> None:
        await tx.cases.set_body(case.id, pack(with_file(body, kept)))
        detail = {
            "kind": kept.kind.value,
            "holder": "mamori",
            "sha256": kept.original.sha256,
            "shown_sha256": kept.shown.sha256 if kept.shown else "",
        }
        at = said_at(self._work, body, now)
        await tx.history.append(case.id, at, "reporter", "file_added", detail)

    async def _forget(self, file: _Arriving) -> bool:
        """False where it is there after all: what broke off was the answer to the last COMMIT."""
        async with self._work.storage.write(quiet=True) as tx:
            await tx.cases.lock(file.case_id)
            body = await report_of(tx, file.case_id)
            if body is not None and any(each.id == file.id for each in body.files):
                return False
            await tx.files.forget(file.id)
            await tx.jobs.cancel(file.id)
        return True

    def original(self, case_id: str, file: KeptFile) -> AsyncIterator[bytes]:
        """A file as it came, in parts."""
        return self._read(case_id, file.id, Copy.ORIGINAL, file.original)

    async def shown(self, case_id: str, file: KeptFile) -> bytes | None:
        """The copy that may be looked at; None where there is none."""
        if file.shown is None:
            return None
        parts = self._read(case_id, file.id, Copy.SHOWN, file.shown)
        return b"".join([part async for part in parts])

    async def _read(
        self, case_id: str, file_id: str, copy: Copy, kept: KeptCopy
    ) -> AsyncIterator[bytes]:
        for number in range(kept.chunks):
            chunk = Chunk(case_id, file_id, copy, number, number == kept.chunks - 1)
            async with self._work.storage.read() as tx:
                text = await tx.files.get(chunk)
            if text is None:
                raise Cut
            yield text


def with_file(body: ReportBody, file: KeptFile) -> ReportBody:
    """The body with one more file."""
    return body.model_copy(update={"files": (*body.files, file)})


async def drop_unfinished(work: Work, tx: Transaction, file_id: str, now: datetime) -> None:
    """The clock behind every upload: what no case's body names by now is deleted."""
    case_id = await tx.files.case_of(file_id)
    if case_id is None:
        return
    await tx.cases.lock(case_id)
    body = await report_of(tx, case_id)
    if body is None or all(file.id != file_id for file in body.files):
        await tx.files.forget(file_id)


async def _blocks(parts: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    """The same bytes in chunks, each with whether it is the last. There is always a last one."""
    held = bytearray()
    async for part in parts:
        held += part
        while len(held) > CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES]), False
            del held[:CHUNK_BYTES]
    yield bytes(held), True


async def _again(
    head: tuple[bytes, bool], rest: AsyncIterator[tuple[bytes, bool]]
) -> AsyncIterator[tuple[bytes, bool]]:
    yield head
    async for block in rest:
        yield block


async def _one(text: bytes) -> AsyncIterator[bytes]:
    yield text
