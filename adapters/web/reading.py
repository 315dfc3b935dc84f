"""What is only read: our policy, the memo to hide behind, and what a home screen needs."""

from aiohttp import web

from adapters.web.inbound import known_language, language_of
from adapters.web.middleware import WebParts, html
from adapters.web.pages import ElementsPage
from adapters.web.render import webmanifest
from adapters.web.visits import Visits
from flows.phrases import say
from flows.policy_page import policy_page


class ReadingPages:
    """The handlers."""

    def __init__(self, parts: WebParts, visits: Visits) -> None:
        self._parts = parts
        self._visits = visits

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        app.add_routes(
            [
                web.get("/policy", self.policy),
                web.get("/memo", self.memo),
                web.get("/app.webmanifest", self.manifest),
            ]
        )

    async def policy(self, request: web.Request) -> web.Response:
        """Our policy, as an employee reads it."""
        page = ElementsPage(
            title=say("policy.page.title"),
            elements=policy_page(self._parts.work.policy),
            language=language_of(request, self._parts.catalogue),
            now=self._parts.work.clock.now(),
            site=self._visits.poster(request),
        )
        return html(self._parts.pages.policy(page))

    async def memo(self, request: web.Request) -> web.Response:
        """An empty page to hide behind."""
        language = language_of(request, self._parts.catalogue)
        return html(self._parts.pages.memo(language, self._visits.poster(request)))

    async def manifest(self, request: web.Request) -> web.Response:
        """What a phone needs to put the page on its home screen."""
        language = known_language(self._parts.catalogue, request.query.get("lang")) or "ja"
        made = webmanifest(self._visits.poster(request), language)
        return web.json_response(made, content_type="application/manifest+json")
