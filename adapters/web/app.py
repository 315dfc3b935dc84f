"""The employee's pages over HTTP. Outside the demo these are the only ones there are."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import structlog
from aiohttp import web

from adapters.web.desk_files import DeskFilePages
from adapters.web.evidence import EvidencePages
from adapters.web.held import with_held
from adapters.web.inbound import (
    MAX_BODY_BYTES,
    Form,
    known_language,
    language_of,
    read_form,
    visitor,
)
from adapters.web.middleware import PARTS, WebParts, guard, html, message, say_how
from adapters.web.pages import AskPage, CasePage, ElementsPage, ReceiptPage
from adapters.web.render import webmanifest
from bot.conversations import Finished, Next, Opened, Screen, StartAgain, clean
from bot.own_case import OwnCase
from bot.sealed_lists import Unopened, Visitor
from flows.phrases import Phrase, say
from flows.policy_page import policy_page
from flows.presses import Verb

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"
MOST_RECEIPT = 80
"""Characters of a wrong receipt that stand on the page again: any real one, however spaced."""
LIVE_SECONDS = 25.0
"""How long a live page waits before it looks again by itself."""


def asset_version() -> str:
    """Changes with any file a page links to, so that no browser keeps an old one."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def employee_app(parts: WebParts) -> web.Application:
    """The application with the employee's routes and the health checks."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[guard])
    app[PARTS] = parts
    app.on_response_prepare.append(say_how)
    evidence = EvidencePages(parts, parts.evidence, parts.lists)
    site = EmployeeSite(parts, evidence)
    evidence.add_routes(app)
    DeskFilePages(parts, parts.desk_files, parts.lists).add_routes(app)
    first = "/start" if parts.demo else "/"
    app.add_routes(
        [
            web.get(first, site.first),
            web.get("/s/{site}", site.first),
            web.post("/press", site.press),
            web.post("/back", site.back),
            web.post("/language", site.language),
            web.post("/help", site.help),
            web.post("/check", site.check),
            web.get("/case/open", site.ask_receipt),
            web.post("/case/open", site.open_by_receipt),
            web.post("/case", site.case),
            web.post("/case/live", site.live),
            web.get("/policy", site.policy),
            web.get("/memo", site.memo),
            web.get("/app.webmanifest", site.manifest),
            web.get("/health/live", site.alive),
            web.get("/health/ready", site.ready),
            web.get("/health/audit", site.audit),
            web.static("/static", STATIC),
        ]
    )
    return app


class EmployeeSite:
    """The handlers: a request in, a use case, a page out."""

    def __init__(self, parts: WebParts, evidence: EvidencePages) -> None:
        self._parts = parts
        self._evidence = evidence
        self._work = parts.work
        self._pages = parts.pages

    def _site_id(self, token: str) -> str | None:
        """The site behind a poster's token; a revoked one simply leaves the site to be asked."""
        versions = {site.id: site.link_version for site in self._work.company.sites}
        return self._work.index.site_of(token, versions)

    def _visitor(self, request: web.Request, form: Form) -> Visitor:
        return visitor(request, self._site_id(form.site), form.language)

    async def first(self, request: web.Request) -> web.Response:
        """The first card."""
        site = request.match_info.get("site", "")
        language = language_of(request, self._parts.catalogue)
        who = visitor(request, self._site_id(site), language)
        following = await self._parts.conversations.start(who)
        return await self._answer(request, who, following, site if who.site_id else "")

    async def press(self, request: web.Request) -> web.Response:
        """A press on a screen."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
        talk = self._parts.conversations
        try:
            following = await talk.press(who, form.token, form.button, form.chosen, form.typed)
        except Exception as error:  # noqa: BLE001  whatever broke, the words must not be lost
            log.error("press_failed", error=type(error).__name__)
            return await self._not_saved(request, who, form)
        return await self._answer(request, who, following, form.site, form)

    async def _not_saved(self, request: web.Request, who: Visitor, form: Form) -> web.Response:
        """Not saved, and said so; the same screen again with every word still in it."""
        following = await self._parts.conversations.show(who, form.token)
        if isinstance(following, Screen):
            following = replace(following, problem=say("problem.not_saved"))
        return await self._answer(request, who, following, form.site, form, status=503)

    async def back(self, request: web.Request) -> web.Response:
        """The screen before."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
        following = await self._parts.conversations.back(who, form.token)
        form = replace(form, held={**form.held, **form.chosen})
        return await self._answer(request, who, following, form.site, form)

    async def language(self, request: web.Request) -> web.Response:
        """The same screen or page in another language."""
        form = await read_form(request, self._parts.catalogue)
        form = replace(form, language=form.change_to or form.language)
        who = self._visitor(request, form)
        if form.pass_token:
            return await self._show_case(who, form, await self._shown_before(who, form))
        following = await self._parts.conversations.show(who, form.token)
        return await self._answer(request, who, following, form.site, form)

    async def help(self, request: web.Request) -> web.Response:
        """Help, from any page, with or without a token that still opens."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
        if form.pass_token and await self._parts.own_cases.help_is_called(who, form.pass_token):
            return await self._show_case(who, form)
        following = await self._parts.conversations.help(who, form.token)
        return await self._answer(request, who, following, form.site)

    async def check(self, request: web.Request) -> web.Response:
        """The checklist, from a page that is no screen of it."""
        form = await read_form(request, self._parts.catalogue)
        who, talk = self._visitor(request, form), self._parts.conversations
        following = await talk.start(who)
        if isinstance(following, Screen):
            following = await talk.press(who, following.token, "check", {}, {})
        return await self._answer(request, who, following, form.site)

    async def _answer(
        self,
        request: web.Request,
        who: Visitor,
        following: Next,
        site: str,
        form: Form | None = None,
        status: int = 200,
    ) -> web.Response:
        if isinstance(following, Screen):
            return html(self._ask(who, following, site, form), status)
        if isinstance(following, Opened):
            form = form or _empty_form(who, site)
            form = replace(form, pass_token=following.pass_token, press="")
            return await self._show_case(who, form, following.filed.receipt)
        if isinstance(following, Finished):
            return message(
                request,
                who.language,
                say("ended.title"),
                (say("ended.text"),),
                site=site,
            )
        return self._start_again(request, who, following, site)

    def _ask(self, who: Visitor, screen: Screen, site: str, form: Form | None) -> str:
        form = form or _empty_form(who, site)
        stays = screen.problem is not None or bool(form.change_to)
        page = AskPage(
            ask=screen.ask,
            token=screen.token,
            language=who.language,
            now=self._work.clock.now(),
            problem=screen.problem,
            typed=form.typed,
            chosen=form.chosen if stays else {},
            can_go_back=screen.can_go_back,
            site=site,
            first=screen.ask.step == "first",
        )
        return self._pages.ask(with_held(page, form))

    def _start_again(
        self, request: web.Request, who: Visitor, following: StartAgain, site: str
    ) -> web.Response:
        text = say(f"again.{following.refusal.value}")
        return message(request, who.language, say("again.title"), (text,), site=site, again=True)

    async def ask_receipt(self, request: web.Request) -> web.Response:
        """Where a receipt is typed."""
        language = language_of(request, self._parts.catalogue)
        site = request.query.get("site", "")
        return self._receipt_page(language, site if self._site_id(site) else "", None)

    def _receipt_page(
        self, language: str, site: str, problem: Phrase | None, typed: str = ""
    ) -> web.Response:
        page = ReceiptPage(language, self._work.clock.now(), site, problem, typed)
        return html(self._pages.come_back(page))

    async def open_by_receipt(self, request: web.Request) -> web.Response:
        """A report, for whoever holds its receipt."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
        pass_token = await self._parts.own_cases.by_receipt(who, form.receipt)
        if pass_token is None:
            problem, typed = say("receipt.not_found"), form.receipt[:MOST_RECEIPT]
            return self._receipt_page(form.language, form.site, problem, typed)
        return await self._show_case(who, replace(form, pass_token=pass_token, press=""))

    async def case(self, request: web.Request) -> web.Response:
        """One's own case, after a press or a look."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
        receipt = await self._shown_before(who, form)
        case_id = await self._adds_files(who, form)
        if case_id is not None:
            form = replace(form, receipt=receipt or "")
            return await self._evidence.page(who, form, case_id)
        return await self._show_case(who, form, receipt)

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
        own = self._parts.own_cases
        if await own.is_its_receipt(who, form.pass_token, form.receipt):
            return form.receipt
        return None

    async def _show_case(
        self, who: Visitor, form: Form, receipt: str | None = None
    ) -> web.Response:
        own = self._parts.own_cases
        notice = None
        try:
            if form.press:
                words = clean(form.typed.get("words", ""))
                delivery = form.delivery(words)
                pressed = await own.press(who, form.pass_token, form.press, words, delivery)
                notice = pressed.notice
            shown = await own.open(who, form.pass_token)
        except Unopened:
            shown = None
        if shown is None:
            return self._receipt_page(form.language, form.site, say("receipt.again"))
        page = self._case_page(who, form, shown, receipt)
        return html(self._pages.case(replace(page, notice=notice)))

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
            calling=shown.calling,
            once=self._work.entropy.bytes(9).hex(),
        )

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The same page as it changes, as server-sent events in answer to a post.

        A post, because the pass must not stand in an address.
        """
        form = await read_form(request, self._parts.catalogue)
        who = self._visitor(request, form)
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
            shown = await self._parts.own_cases.open(who, form.pass_token)
            if shown is None:
                return
            now = self._pages.case_fragment(self._case_page(who, form, shown, None))
            yield now if now != before else ""
            before = now
            await self._parts.bell.wait(LIVE_SECONDS)

    async def policy(self, request: web.Request) -> web.Response:
        """Our policy, as an employee reads it."""
        language = language_of(request, self._parts.catalogue)
        site = request.query.get("site", "")
        page = ElementsPage(
            title=say("policy.page.title"),
            elements=policy_page(self._work.policy),
            language=language,
            now=self._work.clock.now(),
            site=site if self._site_id(site) else "",
        )
        return html(self._pages.policy(page))

    async def memo(self, request: web.Request) -> web.Response:
        """An empty page to hide behind."""
        site = request.query.get("site", "")
        known = site if self._site_id(site) else ""
        return html(self._pages.memo(language_of(request, self._parts.catalogue), known))

    async def manifest(self, request: web.Request) -> web.Response:
        """What a phone needs to put the page on its home screen."""
        site = request.query.get("site", "")
        language = known_language(self._parts.catalogue, request.query.get("lang")) or "ja"
        made = webmanifest(site if self._site_id(site) else "", language)
        return web.json_response(made, content_type="application/manifest+json")

    async def alive(self, request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"live": True})

    async def ready(self, request: web.Request) -> web.Response:
        """A report can be taken now."""
        ready = await self._parts.health.ready()
        return web.json_response({"ready": ready}, status=200 if ready else 503)

    async def audit(self, request: web.Request) -> web.Response:
        """Whether everything that is owed is on its way. Counts only."""
        health = self._parts.health.audit()
        said: dict[str, object] = {"good": health.good, "age_seconds": health.age_seconds}
        if health.found is not None:
            said["findings"] = health.found.findings()
            said["exhausted_duties"] = health.found.exhausted_duties
        return web.json_response(said, status=200 if health.good else 503)


def _empty_form(who: Visitor, site: str) -> Form:
    return Form("", "", "", "", "", {}, {}, site, who.language, "")


async def event_stream(request: web.Request) -> web.StreamResponse:
    """An open stream of server-sent events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response


async def send_event(response: web.StreamResponse, text: str) -> None:
    """One event; an empty one is a comment that only keeps the connection open."""
    line = f"data: {json.dumps(text, ensure_ascii=False)}\n\n" if text else ": still here\n\n"
    await response.write(line.encode())
