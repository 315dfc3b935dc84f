"""One's own case as a page: shown, pressed, written to, and found again by its receipt."""

from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
from aiohttp import web

from adapters.web.broken_press import keeping
from adapters.web.evidence import EvidencePages
from adapters.web.held import all_alone, come_back, leaving, typed_beside
from adapters.web.inbound import Form, language_of, read_form, visitor
from adapters.web.left import as_field
from adapters.web.live import LIVE_SECONDS, event_stream, send_event
from adapters.web.middleware import WebParts, html
from adapters.web.pages import CasePage, ReceiptPage
from adapters.web.visits import Visits
from bot.own_case import OwnCase, opens_nothing
from bot.pressed import ALREADY
from bot.sealed_lists import Unopened, Visitor
from bot.typed_words import clean
from flows.phrases import Phrase, say
from flows.presses import Verb
from flows.talk import WORDS

log = structlog.get_logger()

MOST_RECEIPT = 80
"""Characters of a wrong receipt that stand on the page again: any real one, however spaced."""


class OwnPages:
    """Shows a case to whoever started it, and to nobody else."""

    def __init__(self, parts: WebParts, visits: Visits, evidence: EvidencePages) -> None:
        self._parts = parts
        self._visits = visits
        self._evidence = evidence
        self._work = parts.work
        self._cases = parts.own_cases

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        app.add_routes(
            [
                web.get("/case/open", self.ask_receipt),
                web.post("/case/open", keeping(self._parts, self.open_by_receipt)),
                web.post("/case", keeping(self._parts, self.case)),
                web.post("/case/live", self.live),
                web.post("/case/left", keeping(self._parts, self.left)),
            ]
        )

    async def ask_receipt(self, request: web.Request) -> web.Response:
        """Where a receipt is typed, and this visit's newest call for help is come back to."""
        language = language_of(request, self._parts.catalogue)
        now, poster = self._work.clock.now(), self._visits.poster(request)
        call = await self._cases.last_call(visitor(request, None, language))
        page = ReceiptPage(language, now, poster, None, call=call)
        return html(self._parts.pages.come_back(page))

    def _receipt_page(self, form: Form, problem: Phrase, words: str) -> web.Response:
        """Asks for the receipt again; whatever stood on the page is still there."""
        page = ReceiptPage(
            form.language,
            self._work.clock.now(),
            form.site,
            problem,
            form.receipt[:MOST_RECEIPT],
            words,
            as_field(form.left),
        )
        return html(self._parts.pages.come_back(page))

    async def open_by_receipt(self, request: web.Request) -> web.Response:
        """A report, for whoever holds its receipt."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        pass_token = await self._cases.by_receipt(who, form.receipt)
        if pass_token is None:
            words = form.typed.get(WORDS, "")
            return self._receipt_page(form, opens_nothing(form.receipt), words)
        return await self.show(who, replace(form, pass_token=pass_token, press=""))

    async def case(self, request: web.Request) -> web.Response:
        """One's own case, after a press or a look."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        receipt = await self._shown_before(who, form)
        case_id = await self._adds_files(who, form)
        if case_id is not None:
            form = replace(form, receipt=receipt or "")
            return await self._evidence.page(who, form, case_id)
        return await self.show(who, form, receipt)

    async def _adds_files(self, who: Visitor, form: Form) -> str | None:
        """The case to which files are to be added: here that is a page, and no link is needed."""
        try:
            case_id = await self._parts.lists.open_pass(who, form.pass_token)
        except Unopened:
            return None
        press = self._work.index.open_press(form.press, case_id)
        return case_id if press is not None and press.verb is Verb.ADD_FILES else None

    async def _shown_before(self, who: Visitor, form: Form) -> str | None:
        """The receipt that stood on the page, so that a press on it does not take it away."""
        if await self._cases.is_its_receipt(who, form.pass_token, form.receipt):
            return form.receipt
        return None

    async def left(self, request: web.Request) -> web.Response:
        """The report from whose page help was called, as it was left."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        if not form.left:
            return await self.show(who, form)
        out = await self.stepping_out(who, form)
        if out is not form:  # from one report to the next, and round
            here, *others = out.left
            out = replace(out, left=(*others, here))
        return await self.come_back(who, out)

    async def come_back(
        self, who: Visitor, form: Form, notice: Phrase | None = None
    ) -> web.Response:
        """The page of the report that was left last."""
        form = come_back(form)
        return await self.show(who, form, await self._shown_before(who, form), notice)

    async def stepping_out(self, who: Visitor, form: Form) -> Form:
        """The form that goes elsewhere: the page of a report is come back to. A call is not, for
        Help finds it again."""
        on_report = bool(form.pass_token or form.receipt)
        if not on_report or await self._cases.call_of(who, form.pass_token):
            return form
        return leaving(form)

    async def again(self, who: Visitor, form: Form) -> web.Response:
        """The same case, in another language."""
        return await self.show(who, form, await self._shown_before(who, form))

    async def show(
        self,
        who: Visitor,
        form: Form,
        receipt: str | None = None,
        notice: Phrase | None = None,
    ) -> web.Response:
        """The case behind a pass as it stands, after the press in the form, where there is one.

        Words stay on the page until they are on disk.
        """
        words = form.typed.get(WORDS, "")
        try:
            if form.press:
                notice, words = await self._pressed(who, form)
            return await self._drawn(who, form, receipt, words, notice)
        except Unopened:
            return self._opens_nothing(form, words)
        except Exception as error:  # noqa: BLE001  whatever broke, what stood there must not go
            log.error("press_failed", error=type(error).__name__)
            return await self._not_saved(who, form, receipt, words)

    async def _pressed(self, who: Visitor, form: Form) -> tuple[Phrase | None, str]:
        """What is to be said of a press, and the words that were not sent by it."""
        typed = form.typed.get(WORDS, "")
        words, pass_token = clean(typed), form.pass_token
        sends = await self._cases.sends_words(who, pass_token, form.press)
        delivery = form.delivery(words)
        done = await self._cases.press(who, pass_token, form.press, words, delivery)
        sent = sends and (done.changed or done == ALREADY)
        return None if done.shown else done.notice, "" if sent else typed

    async def _drawn(
        self, who: Visitor, form: Form, receipt: str | None, words: str, notice: Phrase | None
    ) -> web.Response:
        shown = await self._cases.open(who, form.pass_token)
        if shown is None:
            return self._opens_nothing(form, words)
        page = self._case_page(who, form, shown, receipt)
        return html(self._parts.pages.case(replace(page, notice=notice, words=words)))

    def _opens_nothing(self, form: Form, words: str) -> web.Response:
        return self._receipt_page(form, say("receipt.again"), words)

    async def _not_saved(
        self, who: Visitor, form: Form, receipt: str | None, words: str
    ) -> web.Response:
        """Not saved, and said so. The page keeps its name: sent again it is still one message."""
        try:
            shown = await self._cases.open(who, form.pass_token)
            assert shown is not None
        except Exception:  # noqa: BLE001  the case cannot be read either: what stood there alone
            stood = replace(form, receipt=receipt or "")
            return html(self._parts.pages.kept(all_alone(self._parts, stood, "/case")), 503)
        page = replace(
            self._case_page(who, form, shown, receipt),
            notice=say("problem.not_saved" if words.strip() else "problem.press_again"),
            words=words,
            once=form.once,
        )
        return html(self._parts.pages.case(page), 503)

    def _case_page(self, who: Visitor, form: Form, shown: OwnCase, receipt: str | None) -> CasePage:
        index = self._work.index
        return CasePage(
            card=shown.card,
            pass_token=form.pass_token,
            language=who.language,
            now=self._work.clock.now(),
            receipt=receipt,
            public_id=shown.public_id,
            press_codes=lambda press: index.seal_press(press, shown.case_id),
            site=form.site,
            is_call=shown.is_call,
            calling=shown.calling,
            elsewhere=shown.elsewhere,
            once=self._work.entropy.bytes(9).hex(),
            resume=form.resume if shown.is_call else "",
            typed=typed_beside(form) if shown.is_call else {},
            held=form.held if shown.is_call else {},
            left=as_field(form.left),
        )

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The same page as it changes, as server-sent events in answer to a post.

        A post, because the pass must not stand in an address. Where the pass opens nothing any
        more, 204: so server-sent events say that nobody need ask again.
        """
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        try:
            await self._parts.lists.open_pass(who, form.pass_token)
        except Unopened:
            return web.Response(status=204)
        response = await event_stream(request)
        try:
            async for fragment in self._fragments(who, form):
                await send_event(response, fragment)
        except (Unopened, ConnectionResetError):
            pass
        return response

    async def _fragments(self, who: Visitor, form: Form) -> AsyncIterator[str]:
        before = ""
        while not self._parts.bell.closed:
            shown = await self._cases.open(who, form.pass_token)
            if shown is None:
                return
            now = self._parts.pages.case_fragment(self._case_page(who, form, shown, None))
            yield now if now != before else ""
            before = now
            await self._parts.bell.wait(LIVE_SECONDS)
