"""A browser's request as the neutral thing it means. Reads and checks, decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDictProxy

from adapters.web.left import Left, left_behind
from bot.catalogue import Catalogue
from bot.sealed_lists import Visitor

MAX_BODY_BYTES = 2 * 1024 * 1024
"""More than any report needs; below it a page comes back with every word still there."""

VISIT_COOKIE = "visit"
VISIT = web.RequestKey("visit", str)
PLATFORM = "web"
TENANT = "web"

FormData = MultiDictProxy[str]


class BadRequest(Exception):
    """No browser of ours sends this."""


@dataclass(frozen=True)
class Form:
    """What was posted from an employee's screen."""

    token: str
    pass_token: str
    button: str
    press: str
    receipt: str
    chosen: Mapping[str, tuple[str, ...]]
    typed: Mapping[str, str]
    site: str
    language: str
    change_to: str
    once: str = ""
    """Names the drawing of the page it was sent from."""
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was ticked on screens that were gone back from, to be there again."""

    resume: str = ""
    """The screen from which help was called, to come back to."""
    left: tuple[Left, ...] = ()
    """The reports from whose pages help was called, to come back to."""
    calling: str = ""
    """The pass to the call that goes on while it is asked where else to call help."""

    def delivery(self, words: str) -> bytes | None:
        """What names this press if it comes twice; only words must not stand twice."""
        return f"{self.once}|{self.press}|{words}".encode() if self.once and words else None


async def read_form(request: web.Request, catalogue: Catalogue) -> Form:
    """The form in a request. Raises BadRequest for what no page of ours can have sent."""
    data = await post_data(request)
    return Form(
        token=_one(data, "token"),
        pass_token=_one(data, "pass"),
        button=_one(data, "button"),
        press=_one(data, "press"),
        receipt=_one(data, "receipt"),
        chosen=_several(data, "g."),
        held=_several(data, "h."),
        typed={name[2:]: _one(data, name) for name in data if name.startswith("t.")},
        site=_one(data, "site"),
        language=known_language(catalogue, _one(data, "lang")) or language_of(request, catalogue),
        change_to=known_language(catalogue, _one(data, "to")) or "",
        once=_one(data, "once")[:64],
        resume=_one(data, "resume"),
        left=left_behind(_one(data, "left")),
        calling=_one(data, "calling"),
    )


async def post_data(request: web.Request) -> FormData:
    """The fields of a posted form, text only."""
    try:
        data = await request.post()
    except (ValueError, AssertionError, LookupError, HttpProcessingError) as error:
        raise BadRequest from error
    if not all(isinstance(value, str) and _is_text(name + value) for name, value in data.items()):
        raise BadRequest
    return data  # type: ignore[return-value]


def _is_text(text: str) -> bool:
    """Whether a page can say it again: some charsets hide halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one(data: FormData, name: str) -> str:
    return data.get(name, "")


def _several(data: FormData, prefix: str) -> dict[str, tuple[str, ...]]:
    names = {name for name in data if name.startswith(prefix)}
    return {name.removeprefix(prefix): tuple(data.getall(name)) for name in sorted(names)}


def known_language(catalogue: Catalogue, language: str | None) -> str | None:
    """The language if the catalogue has it."""
    return language if language in catalogue.languages else None


def language_of(request: web.Request, catalogue: Catalogue) -> str:
    """The language a page is first shown in: asked for, else the browser's."""
    asked = known_language(catalogue, request.query.get("lang"))
    return asked or catalogue.best_match(request.headers.get("Accept-Language", ""))


def from_another_site(request: web.Request) -> bool:
    """Whether a page of somebody else's made the browser send this.

    No page can write Sec-Fetch-Site. Where a browser sends it, it alone decides: a form sent
    without scripts from a page that gives no referrer has the origin "null", our own too.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def visitor(request: web.Request, site_id: str | None, language: str) -> Visitor:
    """Whoever holds this visit's cookie. It names nobody and ends with the browser."""
    return Visitor(PLATFORM, TENANT, request[VISIT], site_id, language)
