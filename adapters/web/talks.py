"""A conversation in pages: what follows each press, as the next page."""

from dataclasses import replace

import structlog
from aiohttp import web

from adapters.web.broken_press import keeping
from adapters.web.held import with_held
from adapters.web.inbound import Form, language_of, read_form, visitor
from adapters.web.left import as_field
from adapters.web.middleware import WebParts, calls, html, message
from adapters.web.own import OwnPages
from adapters.web.pages import AskPage, KeptPage
from adapters.web.visits import Visits
from bot.conversations import ELSEWHERE, Next, Screen, StartAgain
from bot.endings import Finished, Opened
from bot.sealed_lists import Visitor
from flows.phrases import say
from flows.report import NAME, WORDS
from flows.tie import TIES

log = structlog.get_logger()


class TalkPages:
    """Leads a person through the flows, in their language."""

    def __init__(self, parts: WebParts, visits: Visits, own: OwnPages) -> None:
        self._parts = parts
        self._visits = visits
        self._own = own
        self._conversations = parts.conversations

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes. In the demo its own page stands at the root."""
        parts = self._parts
        app.add_routes(
            [
                web.get("/start" if parts.demo else "/", self.first),
                web.get("/s/{site}", self.first),
                web.post("/press", keeping(parts, self.press)),
                web.post("/back", keeping(parts, self.back)),
                web.post("/language", keeping(parts, self.language)),
                web.post("/help", keeping(parts, self.help, say("web.trouble.help"))),
                web.post("/check", keeping(parts, self.check)),
                web.post("/again", keeping(parts, self.again)),
            ]
        )

    async def first(self, request: web.Request) -> web.Response:
        """The first card."""
        site = request.match_info.get("site", "")
        language = language_of(request, self._parts.catalogue)
        who = visitor(request, self._visits.site_id(site), language)
        following = await self._conversations.start(who)
        return await self._answer(request, who, following, site if who.site_id else "")

    async def press(self, request: web.Request) -> web.Response:
        """A press on a screen."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        talk = self._conversations
        try:
            following = await talk.press(who, form.token, form.button, form.chosen, form.typed)
        except Exception as error:  # noqa: BLE001  whatever broke, the words must not be lost
            log.error("press_failed", error=type(error).__name__)
            return await self._not_saved(request, who, form)
        return await self._answer(request, who, following, form.site, form)

    async def _not_saved(self, request: web.Request, who: Visitor, form: Form) -> web.Response:
        """Not saved, and said so; the same screen again with every word still in it."""
        following = await self._conversations.show(who, form.token)
        if isinstance(following, Screen):
            following = replace(following, problem=say("problem.not_saved"))
        return await self._answer(request, who, following, form.site, form, status=503)

    async def back(self, request: web.Request) -> web.Response:
        """The screen before, or the page of the call that goes on."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        if form.pass_token:
            return await self._own.show(who, replace(form, press=""))
        following = await self._conversations.back(who, form.token)
        form = replace(form, held={**form.held, **form.chosen})
        return await self._answer(request, who, following, form.site, form)

    async def language(self, request: web.Request) -> web.Response:
        """The same screen or page in another language."""
        form = await read_form(request, self._parts.catalogue)
        form = replace(form, language=form.change_to or form.language)
        who = self._visits.of(request, form)
        if form.pass_token:
            return await self._own.again(who, form)
        following = await self._conversations.show(who, form.token)
        return await self._answer(request, who, following, form.site, form)

    async def help(self, request: web.Request) -> web.Response:
        """Help, from any page, with or without a token that still opens."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        if form.button == ELSEWHERE:
            following = await self._conversations.elsewhere(who)
            form = replace(form, calling=form.pass_token)
        elif form.pass_token and await self._parts.own_cases.help_is_called(who, form.pass_token):
            return await self._own.show(who, form)
        else:
            following = await self._conversations.help(who, form.token)
        form = await self._interrupting(who, await self._own.stepping_out(who, form))
        form = replace(form, held={**form.held, **form.chosen}, chosen={})
        return await self._answer(request, who, following, form.site, form)

    async def _interrupting(self, who: Visitor, form: Form) -> Form:
        """The form with the way back to the screen from which help is called."""
        resume = form.resume or await self._conversations.interrupted(who, form.token)
        return replace(form, resume=resume)

    async def check(self, request: web.Request) -> web.Response:
        """The checklist, from a page that is no screen of it: where it was left, or anew."""
        form = await read_form(request, self._parts.catalogue)
        who, talk = self._visits.of(request, form), self._conversations
        call = await self._parts.own_cases.call_of(who, form.pass_token)
        if form.resume:
            following = await talk.resume(who, form.resume, call)
            form = replace(form, resume="")
            return await self._answer(request, who, following, form.site, form)
        following = await talk.start(who, call=call)
        if isinstance(following, Screen):
            following = await talk.press(who, following.token, "check", {}, {})
        anew = replace(
            _empty_form(who, form.site), typed=form.typed, held=form.held, left=form.left
        )
        return await self._answer(request, who, following, form.site, anew)

    async def again(self, request: web.Request) -> web.Response:
        """A new start, with what was written on a page that became too old."""
        form = await read_form(request, self._parts.catalogue)
        who = self._visits.of(request, form)
        following = await self._conversations.start(who)
        return await self._answer(request, who, following, form.site, form)

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
            calling = await self._calling(who, following, form)
            return html(self._ask(who, following, site, form, calling), status)
        if isinstance(following, Opened):
            form = replace(
                form or _empty_form(who, site), pass_token=following.pass_token, press=""
            )
            return await self._opened(who, following, form)
        if isinstance(following, Finished):
            if form is not None and form.left:
                return await self._own.come_back(who, form)
            return message(
                request,
                who.language,
                say("ended.title"),
                (say("ended.text"),),
                site=site,
            )
        if form is not None and form.typed.get(WORDS, "").strip():
            return html(self._parts.pages.kept(self._words_alone(who, following, form)))
        if form is not None and form.left:
            notice = say(f"again.{following.refusal.value}")
            return await self._own.come_back(who, form, notice)
        return self._start_again(request, who, following, site)

    async def _opened(self, who: Visitor, opened: Opened, form: Form) -> web.Response:
        """The page of what was just sent. A call takes along what it interrupted."""
        if opened.filed.receipt is not None:
            # What was typed is in the report now, and no message to the desk.
            form = replace(form, typed={}, resume="")
        else:
            form = await self._interrupting(who, form)
        return await self._own.show(who, form, opened.filed.receipt, opened.notice)

    async def _calling(self, who: Visitor, screen: Screen, form: Form | None) -> str:
        """The pass to the call for help to which a screen leads; empty where there is none."""
        if screen.ask.step == "first":
            call = await self._parts.own_cases.last_call(who)
            return call.pass_token if call else ""
        return form.calling if form is not None and screen.ask.for_help else ""

    def _ask(self, who: Visitor, screen: Screen, site: str, form: Form | None, calling: str) -> str:
        form = form or _empty_form(who, site)
        stays = screen.problem is not None or bool(form.change_to)
        page = AskPage(
            ask=screen.ask,
            token=screen.token,
            language=who.language,
            now=self._parts.work.clock.now(),
            problem=screen.problem,
            typed=form.typed,
            chosen=form.chosen if stays else {},
            can_go_back=screen.can_go_back,
            site=site,
            first=screen.ask.step == "first",
            resume=form.resume,
            calling=calling,
        )
        return self._parts.pages.ask(with_held(page, form))

    def _start_again(
        self, request: web.Request, who: Visitor, following: StartAgain, site: str
    ) -> web.Response:
        text = say(f"again.{following.refusal.value}")
        return message(request, who.language, say("again.title"), (text,), site=site, again=True)

    def _words_alone(self, who: Visitor, following: StartAgain, form: Form) -> KeptPage:
        """The page opens nothing any more; what was written on it is shown, and goes along."""
        return KeptPage(
            title=say("again.title"),
            text=say(f"again.{following.refusal.value}"),
            stays=say("typed.stays"),
            label=say("typed.label"),
            words=form.typed[WORDS],
            way_on=say("web.home"),
            action="/again",
            held=(
                *((f"t.{name}", form.typed.get(name, "")) for name in (NAME, *TIES)),
                ("left", as_field(form.left)),
            ),
            language=who.language,
            now=self._parts.work.clock.now(),
            site=form.site,
            calls=calls(self._parts),
        )


def _empty_form(who: Visitor, site: str) -> Form:
    return Form("", "", "", "", "", {}, {}, site, who.language, "")
