"""The pages on which somebody adds files to their report: from its page, or by a private link."""

from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import web

from adapters.web.inbound import Form, language_of, read_form, visitor
from adapters.web.middleware import WebParts, html
from adapters.web.pages import AddPage, DoorPage
from adapters.web.taps import Taps
from adapters.web.uploads import Upload
from bot.conversations import clean
from bot.evidence import MEGABYTE, Added, Evidence
from bot.links import Errand, For, use_link
from bot.sealed_lists import SealedLists, Unopened, Visitor
from flows.phrases import Phrase, say
from flows.talk import WORDS

MARGIN = 256 * 1024
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
        form = _form(upload.fields, language_of(request, self._parts.catalogue))
        who = visitor(request, None, form.language)
        case_id = await self._case(who, form)
        if case_id is None:
            return self._door(request, say("file.door.over"))
        added = [one async for one in self._added(case_id, upload)]
        return await self.page(who, form, case_id, tuple(one.notice for one in added))

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
            yield await self._evidence.add(case_id, file)
        if not count:
            yield Added(say("file.none_chosen"), kept=False)

    async def page(
        self, who: Visitor, form: Form, case_id: str, notices: tuple[Phrase, ...] = ()
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
            notices=notices if kept is not None else (say("file.not_now"),),
            held=len(kept or ()),
            room=kept is not None and len(kept) < limits.files,
            files=limits.files,
            picture=limits.picture // MEGABYTE,
            recording=limits.recording // MEGABYTE,
            words=form.typed.get(WORDS, ""),
        )
        return html(self._parts.pages.add(page))


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
        language=one("lang") or language,
        change_to="",
    )
