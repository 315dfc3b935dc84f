"""The demo: an employee's phone, the desk's channel and a site's channel in one browser.

Registered in demo mode only, which listens on loopback only. Here whoever looks may act as
anybody, which is why none of it exists outside the demo.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from adapters.web.demo_time import run_on
from adapters.web.inbound import PLATFORM, FormData, known_language, language_of, post_data
from adapters.web.live import LIVE_SECONDS, event_stream, send_event
from adapters.web.middleware import WebParts, html
from adapters.web.pages import ChannelPage, DemoPage, DetailsPage, Person, PostView
from bot.company import Site
from bot.desk import open_details
from bot.duties import press_in_channel
from bot.on_duty import go_off_duty, go_on_duty, on_duty_now
from bot.pressed import Pressed
from bot.seams import DemoClock
from bot.typed_words import clean
from bot.work_records import Post
from flows.phrases import Phrase, say
from flows.presses import Press, Verb
from flows.screens import Card

MAX_MINUTES = 7 * 24 * 60
POSTS_SHOWN = 60
"""At first, and how many more with each press."""
REPLIES_EACH = 10
"""So many posts are read for each that is shown: the reminders of weeks stand under a card."""
MOST_POSTS = 6000


def add_demo(app: web.Application, parts: WebParts, clock: DemoClock) -> None:
    """Adds the demo's routes."""
    demo = Demo(parts, clock)
    app.add_routes(
        [
            web.get("/", demo.side_by_side),
            web.post("/demo/clock", demo.move_clock),
            web.get("/demo/live", demo.live),
            web.get("/demo/desk", demo.desk),
            web.get("/demo/desk/cards", demo.desk),
            web.post("/demo/desk/press", demo.desk),
            web.get("/demo/site/{site}", demo.site),
            web.get("/demo/site/{site}/cards", demo.site),
            web.post("/demo/site/{site}/press", demo.site),
            web.post("/demo/site/{site}/duty", demo.duty),
        ]
    )


class Demo:
    """The handlers of the demo."""

    def __init__(self, parts: WebParts, clock: DemoClock) -> None:
        self._parts = parts
        self._clock = clock
        self._work = parts.work

    async def side_by_side(self, request: web.Request) -> web.Response:
        """The demo's only page: three frames and a clock."""
        language = language_of(request, self._parts.catalogue)
        sites = self._work.company.sites
        chosen = self._site(request.query.get("site", "")) or sites[0]
        link = self._work.index.site_token(chosen.id, chosen.link_version)
        page = DemoPage(
            language=language,
            now=self._clock.now(),
            sites=tuple((site.id, site.name) for site in sites),
            chosen_site=chosen.id,
            phone_src=f"/s/{link}?lang={language}",
            desk_src=f"/demo/desk?lang={language}",
            site_src=f"/demo/site/{chosen.id}?lang={language}",
            zone=chosen.zone,
        )
        return html(self._parts.pages.demo(page))

    def _site(self, site_id: str) -> Site | None:
        return self._work.company.site(site_id)

    async def move_clock(self, request: web.Request) -> web.Response:
        """Moves the demo's clock forward; what falls due on the way is handled in its time."""
        data = await post_data(request)
        minutes = str(data.get("minutes", ""))
        # Of decimal digits alone, and few: others are digits to Python, and no numbers.
        if not re.fullmatch("[0-9]{1,5}", minutes) or not 0 < int(minutes) <= MAX_MINUTES:
            raise web.HTTPBadRequest
        await run_on(self._work, self._parts.bell, self._clock, int(minutes))
        raise web.HTTPSeeOther(self._back_to(request))

    def _back_to(self, request: web.Request) -> str:
        language = language_of(request, self._parts.catalogue)
        site = self._site(request.query.get("site", "")) or self._work.company.sites[0]
        return f"/?lang={language}&site={site.id}"

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Says that something changed, and nothing more."""
        response = await event_stream(request)
        try:
            while not self._parts.bell.closed:
                await send_event(response, "changed")
                await self._parts.bell.wait(LIVE_SECONDS)
        except ConnectionResetError:
            pass
        return response

    async def desk(self, request: web.Request) -> web.Response:
        """The desk's channel."""
        address = self._work.company.desk.channel
        return await self._channel(request, address, say("channel.desk"), "desk", "/demo/desk")

    async def site(self, request: web.Request) -> web.Response:
        """A site's channel."""
        site = self._site(request.match_info["site"])
        if site is None:
            raise web.HTTPNotFound
        title = say("channel.site", site=site.name)
        path = f"/demo/site/{site.id}"
        return await self._channel(request, site.channel, title, "site", path)

    async def duty(self, request: web.Request) -> web.Response:
        """Somebody says that they are on duty at a site, or no longer."""
        site = self._site(request.match_info["site"])
        data = await post_data(request)
        acting = str(data.get("as", ""))
        if site is None or self._work.directory.reader(site.channel, acting) is None:
            raise web.HTTPNotFound
        if data.get("duty") == "on":
            await go_on_duty(self._work, acting, site.id)
        else:
            await go_off_duty(self._work, acting)
        language = known_language(self._parts.catalogue, str(data.get("lang"))) or "ja"
        raise web.HTTPSeeOther(f"/demo/site/{site.id}?as={acting}&lang={language}")

    async def _channel(
        self, request: web.Request, address: str, title: Phrase, kind: str, path: str
    ) -> web.Response:
        people = self._people(address)
        acting = request.query.get("as", "")
        language = language_of(request, self._parts.catalogue)
        notice, refused = None, False
        wanted = request.query.get("shown", "")
        if request.method == "POST":
            data = await post_data(request)
            wanted = str(data.get("shown", ""))
            acting = str(data.get("as", ""))
            language = known_language(self._parts.catalogue, str(data.get("lang"))) or language
            pressed, press = await self._press(data, address, acting)
            notice, refused = pressed.notice, not pressed.changed
            opens = self._opens(data, address, press)
            if opens is not None:
                # That an opening is noted stands on the page already.
                shown = None if press == opens else notice
                opened = await self._details(opens, acting, language, path, shown)
                link = f"{pressed.path}?lang={language}" if pressed.path else ""
                opened = replace(opened, link=link, refused=refused)
                return html(self._parts.pages.details(opened))
        acting = acting if acting in {person.id for person in people} else people[0].id
        page = await self._page(request, address, acting, kind, _count(wanted))
        page = replace(page, title=title, path=path, language=language)
        page = replace(page, notice=notice, refused=refused)
        if request.path.endswith("/cards"):
            return html(self._parts.pages.channel_fragment(page))
        return html(self._parts.pages.channel(page))

    async def _press(
        self, data: FormData, address: str, acting: str
    ) -> tuple[Pressed, Press | None]:
        words = clean(str(data.get("t.words", "")))
        place = _direct(acting) if data.get("direct") else address
        code, once = str(data.get("press", "")), str(data.get("once", ""))[:64]
        delivery = f"{once}|{code}|{words}".encode() if once and words else None
        return await press_in_channel(self._work, place, code, acting, words, delivery)

    def _opens(self, data: FormData, address: str, press: Press | None) -> Press | None:
        """What opened the details that the desk is in, or opens them now."""
        if press is not None and press.verb is Verb.DETAILS:
            return press
        code = str(data.get("details", ""))
        return self._work.index.open_press(code, address) if code else None

    async def _page(
        self, request: web.Request, address: str, acting: str, kind: str, shown: int
    ) -> ChannelPage:
        index, direct = self._work.index, _direct(acting)
        most = shown or POSTS_SHOWN
        posts = _threaded(await self._posts(address, most * REPLIES_EACH + 1))
        said = await on_duty_now(self._work, acting)
        here = said is not None and said.site_id == request.match_info.get("site")
        return ChannelPage(
            kind="desk" if kind == "desk" else "site",
            title=say("web.bot"),
            people=self._people(address),
            acting=acting,
            cards=posts[-most:],
            shown=shown,
            earlier=most + POSTS_SHOWN if len(posts) > most else 0,
            zone=self._zone(address),
            language="ja",
            now=self._clock.now(),
            path="",
            press_codes=lambda press: index.seal_press(press, address),
            notice=None,
            direct=_threaded(await self._posts(direct, most * REPLIES_EACH))[-most:],
            direct_codes=lambda press: index.seal_press(press, direct),
            on_duty=said.until if said is not None and here else None,
        )

    def _people(self, address: str) -> tuple[Person, ...]:
        return tuple(
            Person(person.id, person.name, say(f"role.{person.role.value}"))
            for person in self._work.directory.members(address)
        )

    def _zone(self, address: str) -> str:
        sites = self._work.company.sites
        return next((site.zone for site in sites if site.channel == address), sites[0].zone)

    async def _posts(self, address: str, most: int) -> Sequence[Post]:
        async with self._work.storage.read() as tx:
            return await tx.board.posts(address.partition(":")[2], most)

    async def _details(
        self, opens: Press, acting: str, language: str, path: str, notice: Phrase | None
    ) -> DetailsPage:
        opened = await open_details(self._work, opens.subject, self._work.directory.person(acting))
        if opened is None:
            raise web.HTTPNotFound
        address, index = self._work.company.desk.channel, self._work.index
        return DetailsPage(
            opened=opened,
            language=language,
            now=self._clock.now(),
            back=f"{path}?as={acting}&lang={language}",
            path=path,
            again=opens,
            acting=acting,
            press_codes=lambda press: index.seal_press(press, address),
            once=self._work.entropy.bytes(9).hex(),
            notice=notice,
        )


def _direct(person_id: str) -> str:
    """The direct messages of somebody on the demo's own platform."""
    return f"{PLATFORM}:@{person_id}"


def _count(asked: str) -> int:
    """How many posts somebody asked for; 0 where it is no number of ours."""
    return min(int(asked), MOST_POSTS) if asked.isascii() and asked.isdigit() else 0


def _threaded(posts: Sequence[Post]) -> tuple[PostView, ...]:
    """Posts with the replies under each."""
    views = {
        post.id: PostView(
            id=post.id,
            card=Card.model_validate_json(post.content),
            posted_at=post.posted_at,
            edited_at=post.edited_at,
            replies=(),
        )
        for post in posts
    }
    for post in posts:
        if post.thread in views:
            parent = views[post.thread]
            views[post.thread] = replace(parent, replies=(*parent.replies, views[post.id]))
    return tuple(views[post.id] for post in posts if post.thread is None)
