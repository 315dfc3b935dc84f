"""A press that broke. Without scripts its answer is all that a browser shows: whatever stood on the
page stands on the answer too, a report's only receipt, a letter half written, and the way back.
"""

import structlog
from aiohttp import web

from adapters.web.held import all_alone, stood_on
from adapters.web.inbound import BadRequest, read_form
from adapters.web.middleware import Handler, WebParts, html
from flows.phrases import Phrase

log = structlog.get_logger()


def keeping(parts: WebParts, handler: Handler, broke: Phrase | None = None) -> Handler:
    """The same handler of a posted page, where breaking loses nothing; `broke` is said then."""

    async def kept(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (BadRequest, web.HTTPException):
            raise
        except Exception as error:
            form = await read_form(request, parts.catalogue)
            if not stood_on(form):
                raise
            log.error("press_failed", error=type(error).__name__)
            return html(parts.pages.kept(all_alone(parts, form, request.path, broke)), 503)

    return kept
