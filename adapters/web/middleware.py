"""What holds for every request: who may ask, what browsers are told, how errors read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web

from adapters.web.inbound import (
    VISIT,
    VISIT_COOKIE,
    BadRequest,
    from_another_site,
    language_of,
)
from adapters.web.pages import MessagePage
from adapters.web.render import Pages
from bot.bell import Bell
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.desk_files import DeskFiles
from bot.evidence import Evidence
from bot.health import Health
from bot.own_case import OwnCases
from bot.sealed_lists import SealedLists
from flows.phrases import Phrase, say
from flows.screens import CallLine

log = structlog.get_logger()


@dataclass(frozen=True)
class WebParts:
    """What the pages are made from. Built once, in wiring."""

    work: Work
    conversations: Conversations
    own_cases: OwnCases
    catalogue: Catalogue
    pages: Pages
    bell: Bell
    health: Health
    lists: SealedLists
    evidence: Evidence
    desk_files: DeskFiles
    demo: bool = False


PARTS = web.AppKey("parts", WebParts)


CONTENT_POLICY = web.RequestKey("content_policy", str)
"""What a browser may do with this answer, where it is not what it may do with every page."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns strangers' requests away, gives a visit its cookie, and words every error."""
    parts = request.app[PARTS]
    known = request.cookies.get(VISIT_COOKIE, "")[:64]
    request[VISIT] = known or parts.work.entropy.bytes(16).hex()
    try:
        response = await _handled(request, handler)
    except web.HTTPMove as way:
        response = web.Response(status=way.status, headers={hdrs.LOCATION: str(way.location)})
    except web.HTTPException as error:
        response = _worded(request, error)
    except BadRequest:
        response = _worded(request, web.HTTPBadRequest())
    except Exception as error:  # noqa: BLE001  no stack trace leaves this service
        log.error("request_failed", path=_route(request), error=type(error).__name__)
        response = _worded(request, web.HTTPInternalServerError())
    if not known and not response.prepared:
        # Lax, not Strict: a poster's link opened from a camera must find the same visit.
        secure = request.secure or not parts.demo
        response.set_cookie(
            VISIT_COOKIE, request[VISIT], httponly=True, samesite="Lax", secure=secure
        )
    return response


async def _handled(request: web.Request, handler: Handler) -> web.StreamResponse:
    parts = request.app[PARTS]
    if parts.demo and request.host.rsplit(":", 1)[0] not in _LOOPBACK:
        raise web.HTTPMisdirectedRequest
    if request.method == "POST" and from_another_site(request):
        raise web.HTTPForbidden
    return await handler(request)


def _worded(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """An error as a page in the reader's language, with a way on and nothing technical."""
    keys = {
        404: "problem.not_found",
        405: "problem.not_found",
        413: "problem.too_large",
    }
    default = "problem.failed" if error.status >= 500 else "problem.bad_request"
    text = say(keys.get(error.status, default))
    language = language_of(request, request.app[PARTS].catalogue)
    return message(
        request, language, say("problem.title"), (text,), again=True, status=error.status
    )


def _route(request: web.Request) -> str:
    """The route's pattern, never the address itself: that could hold a site's token."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"


_PAGES = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
    )
)


async def say_how(request: web.Request, response: web.StreamResponse) -> None:
    """The headers every answer has. Registered for all, streams included."""
    demo = request.app[PARTS].demo
    # Files carry their version in the link; pages are never kept.
    lasting = request.path.startswith("/static/") and response.status == 200
    response.headers["Cache-Control"] = "max-age=31536000, immutable" if lasting else "no-store"
    framed = "frame-src 'self'; frame-ancestors 'self'" if demo else "frame-ancestors 'none'"
    own = request.get(CONTENT_POLICY, _PAGES)
    policy = f"{own}; form-action 'self'; base-uri 'none'; {framed}"
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"


def html(text: str, status: int = 200) -> web.Response:
    """A page. Nothing of it is kept anywhere on the way."""
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def calls(parts: WebParts) -> tuple[CallLine, ...]:
    """Whom to phone when a page cannot help: the police, and the desk if it has a number."""
    desk = parts.work.policy.contacts["desk"]
    lines = [CallLine(label=say("help.police"), phone="110")]
    if desk.phone:
        lines.append(CallLine(label=desk.name, phone=desk.phone))
    return tuple(lines)


def message(
    request: web.Request,
    language: str,
    title: Phrase,
    paragraphs: tuple[Phrase, ...],
    *,
    site: str = "",
    again: bool = False,
    status: int = 200,
) -> web.Response:
    """A page of a few sentences."""
    parts = request.app[PARTS]
    page = MessagePage(
        title=title,
        paragraphs=paragraphs,
        language=language,
        now=parts.work.clock.now(),
        site=site,
        start_again=again,
        calls=calls(parts),
    )
    return html(parts.pages.message(page), status)
