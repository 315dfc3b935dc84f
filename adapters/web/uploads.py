"""A posted form whose files are never held: fields first, then each file in parts as it comes."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web.inbound import MAX_BODY_BYTES, BadRequest
from bot.evidence import LONGEST, Cut

FILE = "file"
FIELD_BYTES = 4096
LONG_FIELDS = ("t.words", "left")
"""Messages to the desk that wait on the page while files are added: as long as on any page."""
MOST_FIELDS = 16
PART_BYTES = 64 * 1024
_BROKEN = (ValueError, AssertionError, LookupError, HttpProcessingError, RuntimeError)


class Upload:
    """One request. `fields` is filled by `read_fields`; the files come after.

    What is not read of a file is passed over as it comes, however long it is: a browser shows
    an answer only once it has sent everything, and the page has words on it.
    """

    def __init__(self, request: web.Request, most_bytes: int) -> None:
        self._request = request
        self._left = most_bytes
        self._waiting: BodyPartReader | None = None
        self.fields: dict[str, str] = {}

    async def read_fields(self) -> None:
        """Reads up to the first file. Raises BadRequest for what no page of ours sends."""
        if not self._request.content_type.startswith("multipart/form-data"):
            raise BadRequest
        try:
            self._parts = await self._request.multipart()
            room = MAX_BODY_BYTES
            for _ in range(MOST_FIELDS):
                part = await self._next()
                if part is None or part.name == FILE:
                    self._waiting = part
                    return
                most = room if part.name in LONG_FIELDS else FIELD_BYTES
                text = b"".join([piece async for piece in self._pieces(part, most)])
                room -= len(text)
                self.fields[part.name or ""] = text.decode("utf-8", "replace")
        except _BROKEN as error:
            raise BadRequest from error
        raise BadRequest

    async def files(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Each file in turn, to be read as it comes. A file that is not read is passed over."""
        while (part := self._waiting) is not None:
            if part.filename:  # a browser sends an empty part where nothing was chosen
                yield self._bytes(part)
            self._waiting = await self._next_file(part)

    async def _next_file(self, before: BodyPartReader) -> BodyPartReader | None:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                while not before.at_eof():
                    await before.read_chunk(PART_BYTES)
                part = await self._next()
        except (*_BROKEN, OSError):
            return None
        return part if part is not None and part.name == FILE else None

    async def _next(self) -> BodyPartReader | None:
        part = await self._parts.next()
        if isinstance(part, MultipartReader):
            raise BadRequest
        if part is not None and hdrs.CONTENT_TRANSFER_ENCODING in part.headers:
            raise BadRequest
        return part

    async def _bytes(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        """A file's own bytes. Raises Cut when they end too early, are more than all files of a
        case together, or break the form's rules."""
        try:
            async for piece in self._pieces(part, self._left):
                yield piece
        except (*_BROKEN, OSError, web.HTTPException) as error:
            raise Cut from error

    async def _pieces(self, part: BodyPartReader, most: int) -> AsyncIterator[bytes]:
        while not part.at_eof():
            piece = await part.read_chunk(PART_BYTES)
            most -= len(piece)
            self._left -= len(piece)
            if most < 0 or self._left < 0:
                raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=most)
            if piece:
                yield piece
