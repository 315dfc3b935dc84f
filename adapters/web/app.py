"""The employee's pages over HTTP. Outside the demo these are the only ones there are."""

import hashlib
from pathlib import Path

from aiohttp import web

from adapters.web.desk_files import DeskFilePages
from adapters.web.evidence import EvidencePages
from adapters.web.health import HealthChecks
from adapters.web.inbound import MAX_BODY_BYTES
from adapters.web.middleware import PARTS, WebParts, guard, say_how
from adapters.web.own import OwnPages
from adapters.web.reading import ReadingPages
from adapters.web.talks import TalkPages
from adapters.web.visits import Visits

STATIC = Path(__file__).parent / "static"


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
    visits = Visits(parts.work)
    evidence = EvidencePages(parts, parts.evidence, parts.lists)
    own = OwnPages(parts, visits, evidence)
    TalkPages(parts, visits, own).add_routes(app)
    own.add_routes(app)
    evidence.add_routes(app)
    DeskFilePages(parts, parts.desk_files, parts.lists).add_routes(app)
    ReadingPages(parts, visits).add_routes(app)
    HealthChecks(parts.health).add_routes(app)
    app.router.add_static("/static", STATIC)
    return app
