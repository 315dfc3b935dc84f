"""One file before the eyes of one person of the desk: the only page for the desk outside the demo.

A link opens it once. What is shown is the copy that was drawn anew; an original is only ever
handed over as bytes to be stored, whatever it is.
"""

import base64

from aiohttp import web

from adapters.web.inbound import language_of, read_form, visitor
from adapters.web.middleware import CONTENT_POLICY, WebParts, html
from adapters.web.pages import DoorPage, SeenPage
from adapters.web.taps import Taps
from bot.desk_files import DeskFiles, SeenFile
from bot.sealed_lists import SealedLists, Unopened
from flows.files import file_name, size_of
from flows.phrases import Phrase, say

PICTURE_ONLY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data: 'self'"
NOTHING = "default-src 'none'; sandbox"


class DeskFilePages:
    """The handlers."""

    def __init__(self, parts: WebParts, files: DeskFiles, lists: SealedLists) -> None:
        self._parts = parts
        self._files = files
        self._lists = lists
        self._taps = Taps[SeenFile](parts.work.clock)

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        app.add_routes(
            [
                web.get("/see/{token}", self.door),
                web.post("/see", self.see),
                web.post("/see/original", self.original),
            ]
        )

    async def door(self, request: web.Request) -> web.Response:
        """In front of a link. Nothing happens yet: chat platforms look at links by themselves."""
        return self._door(request, say("file.door.title"), request.match_info["token"])

    def _door(self, request: web.Request, title: Phrase, token: str = "") -> web.Response:
        language = language_of(request, self._parts.catalogue)
        work = self._parts.work
        once = work.entropy.bytes(9).hex()
        door = DoorPage(title, "/see", token, language, work.clock.now(), once)
        return html(self._parts.pages.door(door))

    async def see(self, request: web.Request) -> web.Response:
        """The link is used up; the copy is in the page itself, so that no address leads to it."""
        form = await read_form(request, self._parts.catalogue)
        seen = await self._taps.one(request, form, lambda: self._files.open(form.token))
        if seen is None:
            return self._door(request, say("file.door.over"))
        picture = await self._files.picture(seen)
        who = visitor(request, None, form.language)
        request[CONTENT_POLICY] = PICTURE_ONLY
        page = SeenPage(
            name=file_name(seen.errand.file, seen.file.kind),
            public_id=seen.public_id,
            size=size_of(seen.file.original.size),
            picture=base64.b64encode(picture).decode() if picture else "",
            token=await self._lists.seal_errand(who, seen.errand),
            language=form.language,
            now=self._parts.work.clock.now(),
        )
        return html(self._parts.pages.seen(page))

    async def original(self, request: web.Request) -> web.StreamResponse:
        """The file as it came, to be stored and never shown."""
        form = await read_form(request, self._parts.catalogue)
        who = visitor(request, None, form.language)
        try:
            errand = await self._lists.open_errand(who, form.token)
        except Unopened:
            return self._door(request, say("file.door.over"))
        seen = await self._files.look(errand, "original_taken")
        if seen is None:
            return self._door(request, say("file.door.over"))
        return await self._hand_over(request, seen)

    async def _hand_over(self, request: web.Request, seen: SeenFile) -> web.StreamResponse:
        request[CONTENT_POLICY] = NOTHING
        name = f"{seen.public_id}-{seen.errand.file + 1}.{seen.file.ending}"
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{name}"',
                "Content-Length": str(seen.file.original.size),
            }
        )
        await response.prepare(request)
        async for part in self._files.original(seen):
            await response.write(part)
        await response.write_eof()
        return response
