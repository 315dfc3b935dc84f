"""The demo: an employee's phone, the desk's channel and a site's channel in one browser.

Registered in demo mode only, which listens on loopback only. Here whoever looks may act as
anybody, which is why none of it exists outside the demo.
"""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from adapters.web.app import LIVE_SECONDS, event_stream, html, send_event
from adapters.web.inbound import known_language, language_of, post_data
from adapters.web.middleware import WebParts
from adapters.web.pages import ChannelPage, DemoPage, DetailsPage, DutyLine, Person, PostView
from bot.company import Site
from bot.conversations import clean
from bot.desk import open_details
from bot.duties import press_in_channel
from bot.records import Post
from bot.seams import DemoClock
from flows.phrases import Phrase, say
from flows.presses import Verb
from flows.screens import Card

MAX_MINUTES = 7 * 24 * 60
POSTS_SHOWN = 60


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
        """Moves the demo's clock forward; what fell due meanwhile is handled at once."""
        data = await post_data(request)
        minutes = str(data.get("minutes", ""))
        if not minutes.isdigit() or not 0 < int(minutes) <= MAX_MINUTES:
            raise web.HTTPBadRequest
        self._clock.move(int(minutes))
        self._parts.bell.ring()
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

    async def _channel(
        self, request: web.Request, address: str, title: Phrase, kind: str, path: str
    ) -> web.Response:
        people = self._people(address)
        acting = request.query.get("as", "")
        language = language_of(request, self._parts.catalogue)
        notice = None
        if request.method == "POST":
            data = await post_data(request)
            acting = str(data.get("as", ""))
            language = known_language(self._parts.catalogue, str(data.get("lang"))) or language
            words = clean(str(data.get("t.words", "")))
            pressed, press = await press_in_channel(
                self._work, address, str(data.get("press", "")), acting, words
            )
            if press is not None and press.verb in (Verb.DETAILS, Verb.REPLY) and pressed.changed:
                return await self._details(press.subject, acting, language, path)
            notice = pressed.notice
        page = ChannelPage(
            kind="desk" if kind == "desk" else "site",
            title=title,
            people=people,
            acting=acting if acting in {person.id for person in people} else people[0].id,
            cards=await self._posts(address),
            zone=self._zone(address),
            language=language,
            now=self._clock.now(),
            path=path,
            press_codes=lambda press: self._work.index.seal_press(press, address),
            notice=notice,
        )
        if request.path.endswith("/cards"):
            return html(self._parts.pages.channel_fragment(page))
        return html(self._parts.pages.channel(page))

    def _people(self, address: str) -> tuple[Person, ...]:
        return tuple(
            Person(person.id, person.name, say(f"role.{person.role.value}"))
            for person in self._work.directory.members(address)
        )

    def _zone(self, address: str) -> str:
        sites = self._work.company.sites
        return next((site.zone for site in sites if site.channel == address), sites[0].zone)

    async def _posts(self, address: str) -> tuple[PostView, ...]:
        async with self._work.storage.read() as tx:
            posts = await tx.board.posts(address.partition(":")[2], POSTS_SHOWN)
        return _threaded(posts)

    async def _details(self, case_id: str, acting: str, language: str, path: str) -> web.Response:
        opened = await open_details(self._work, case_id)
        if opened is None:
            raise web.HTTPNotFound
        address = self._work.company.desk.channel
        duties = tuple(
            DutyLine(label, due, self._work.index.seal_press(press, address) if press else None)
            for label, due, press in opened.duties
        )
        page = DetailsPage(
            title=opened.title,
            elements=opened.elements,
            duties=duties,
            language=language,
            now=self._clock.now(),
            back=f"{path}?as={acting}&lang={language}",
            path=path,
            acting=acting,
            compose=opened.compose,
            compose_code=self._work.index.seal_press(opened.compose.button.press, address),
        )
        return html(self._parts.pages.details(page))


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
