"""The pages on which somebody adds files to their report: from its page, or by a private link."""

from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
from aiohttp import web

from adapters.web.held import all_alone
from adapters.web.inbound import (
    MAX_BODY_BYTES,
    BadRequest,
    Form,
    known_language,
    language_of,
    read_form,
    visitor,
)
from adapters.web.left import as_field, left_behind
from adapters.web.middleware import WebParts, html
from adapters.web.pages import AddPage, DoorPage, ReceiptPage
from adapters.web.taps import Taps
from adapters.web.uploads import Upload
from bot.evidence import MEGABYTE, Added, Evidence
from bot.links import Errand, For, use_link
from bot.sealed_lists import SealedLists, Unopened, Visitor
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.talk import WORDS

log = structlog.get_logger()

NOT_SAVED = Added(say("file.no_room"), kept=False)
"""What became of a file where saving it broke."""
NOT_NOW = Added(say("file.not_now"), kept=False)
MARGIN = MAX_BODY_BYTES + 256 * 1024
"""For the fields of a form and the lines between its files."""


class EvidencePages:
    """The handlers. A page's token says which report, and whether it may be read as well."""

    def __init__(self, parts: WebParts, evidence: Evidence, lists: SealedLists) -> None:
        self._parts = parts
        self._evidence = evidence
        self._lists = lists
        self._taps = Taps[Errand](parts.work.clock)

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        app.add_routes(
            [
                web.get("/add/{token}", self.door),
                web.post("/add", self.use_link),
                web.post("/files", self.add),
            ]
        )

    async def door(self, request: web.Request) -> web.Response:
        """In front of a link. Nothing happens yet: chat platforms look at links by themselves."""
        return self._door(request, say("file.door.title"), request.match_info["token"])

    def _door(self, request: web.Request, title: Phrase, token: str = "") -> web.Response:
        language = language_of(request, self._parts.catalogue)
        work = self._parts.work
        once = work.entropy.bytes(9).hex()
        door = DoorPage(title, "/add", token, language, work.clock.now(), once)
        return html(self._parts.pages.door(door))

    async def use_link(self, request: web.Request) -> web.Response:
        """The link is used up, and gives a page to add files on."""
        form = await read_form(request, self._parts.catalogue)
        errand = await self._taps.one(request, form, lambda: self._use(form.token))
        if errand is None:
            return self._door(request, say("file.door.over"))
        who = visitor(request, None, form.language)
        token = await self._lists.seal_errand(who, errand)
        form = replace(form, token=token, pass_token="")
        return await self.page(who, form, errand.case_id)

    async def _use(self, token: str) -> Errand | None:
        async with self._parts.work.storage.write() as tx:
            return await use_link(self._parts.work, tx, For.ADD, token)

    async def add(self, request: web.Request) -> web.Response:
        """Takes files in, one after the other; each is kept or not by itself."""
        limits = self._evidence.limits
        largest = max(limits.picture, limits.recording)
        upload = Upload(request, limits.files * largest + MARGIN)
        await upload.read_fields()
        form = _form(upload.fields, self._language(request, upload.fields))
        who = visitor(request, None, form.language)
        try:
            return await self._take_in(request, who, form, upload)
        except BadRequest:
            raise
        except Exception as error:
            if not form.pass_token:
                raise
            log.error("files_failed", error=type(error).__name__)
            return html(self._parts.pages.kept(all_alone(self._parts, form, "/case")), 503)

    async def _take_in(
        self, request: web.Request, who: Visitor, form: Form, upload: Upload
    ) -> web.Response:
        case_id = await self._case(who, form)
        if case_id is None:
            return self._over(request, form)
        added = [one async for one in self._added(case_id, upload)]
        status = 503 if any(one is NOT_SAVED for one in added) else 200
        return await self.page(who, form, case_id, tuple(added), status)

    def _language(self, request: web.Request, fields: dict[str, str]) -> str:
        catalogue = self._parts.catalogue
        return known_language(catalogue, fields.get("lang")) or language_of(request, catalogue)

    def _over(self, request: web.Request, form: Form) -> web.Response:
        """A page that opens nothing any more; what stood on it stays, with its only receipt.

        On a link's page nothing stood, and whoever gave the link gives another.
        """
        if not form.pass_token:
            return self._door(request, say("file.door.over"))
        now, again = self._parts.work.clock.now(), say("receipt.again")
        words, left = form.typed[WORDS], as_field(form.left)
        page = ReceiptPage(form.language, now, form.site, again, form.receipt, words, left)
        return html(self._parts.pages.come_back(page))

    async def _case(self, who: Visitor, form: Form) -> str | None:
        try:
            if form.pass_token:
                return await self._lists.open_pass(who, form.pass_token)
            errand: Errand = await self._lists.open_errand(who, form.token)
        except Unopened:
            return None
        return errand.case_id if errand.purpose is For.ADD else None

    async def _added(self, case_id: str, upload: Upload) -> AsyncIterator[Added]:
        count = 0
        async for file in upload.files():
            count += 1
            yield await self._add(case_id, file)
        if not count:
            yield Added(say("file.none_chosen"), kept=False)

    async def _add(self, case_id: str, file: AsyncIterator[bytes]) -> Added:
        try:
            return await self._evidence.add(case_id, file)
        except Exception as error:  # noqa: BLE001  the others are kept, and so are the words
            log.error("file_failed", error=type(error).__name__)
            return NOT_SAVED

    async def page(
        self,
        who: Visitor,
        form: Form,
        case_id: str,
        became: tuple[Added, ...] = (),
        status: int = 200,
    ) -> web.Response:
        """Where files are chosen. It shows none, only how many there are."""
        kept, limits = await self._evidence.kept(case_id), self._evidence.limits
        page = AddPage(
            pass_token=form.pass_token,
            token=form.token if not form.pass_token else "",
            receipt=form.receipt,
            language=who.language,
            now=self._parts.work.clock.now(),
            site=form.site,
            became=became if kept is not None else (NOT_NOW,),
            held=len(kept or ()),
            room=kept is not None and len(kept) < limits.files,
            files=limits.files,
            picture=limits.picture // MEGABYTE,
            recording=limits.recording // MEGABYTE,
            words=form.typed.get(WORDS, ""),
            left=as_field(form.left),
        )
        return html(self._parts.pages.add(page), status)


def _form(fields: dict[str, str], language: str) -> Form:
    def one(name: str) -> str:
        return clean(fields.get(name, ""))

    return Form(
        token=one("token"),
        pass_token=one("pass"),
        button="",
        press="",
        receipt=one("receipt"),
        chosen={},
        typed={WORDS: fields.get(f"t.{WORDS}", "")},
        site=one("site"),
        language=language,
        change_to="",
        left=left_behind(fields.get("left", "")),
    )
