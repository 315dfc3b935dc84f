"""Slack over HTTP: the gate, Bolt behind it, and one table for what follows each request."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.api import Api
from adapters.slack.channels import Channels
from adapters.slack.doorman import Doorman, Reply
from adapters.slack.entrances import Entrances
from adapters.slack.gate import Gate
from adapters.slack.home import HomeTab
from adapters.slack.hooks import Hooks, HooksHost
from adapters.slack.inbound import workspace_of
from adapters.slack.live import LiveCalls
from adapters.slack.messenger import SlackMessenger
from adapters.slack.oauth import OAuth
from adapters.slack.outage import Outage
from adapters.slack.own import Own
from adapters.slack.paths import PATH
from adapters.slack.people import People
from adapters.slack.places import enterprise_of, workspace
from adapters.slack.presses import Presses
from adapters.slack.render import Views
from adapters.slack.shapes import Incoming
from adapters.slack.socket import SocketLink
from adapters.slack.stage import Stage
from adapters.slack.talks import Talks
from adapters.slack.watch import DeskWatch
from bot.bell import Bell
from bot.case_work import Work
from bot.catalogue import Catalogue
from bot.conversations import Conversations
from bot.own_case import OwnCases

log = structlog.get_logger()

_ANY = re.compile("", re.DOTALL)
"""Bolt looks for a listener one by one: one for each kind, and our own table behind it."""


WRITTEN = (None, "file_share", "me_message", "thread_broadcast")
"""What somebody wrote to the bot, with a photo or without; the rest are edits and the like."""


@dataclass(frozen=True)
class SlackParts:
    """What the adapter is made from. Built once, in wiring."""

    work: Work
    conversations: Conversations
    own_cases: OwnCases
    catalogue: Catalogue
    api: Api
    bell: Bell
    web_url: str
    """The employee's web page, which needs no account."""
    signing_secret: str | None = None
    """What Slack signs its requests with; None where it calls no address of ours."""
    app_token: str | None = None
    """Where Slack cannot reach this service: it opens the connection itself (Socket Mode)."""
    hooks: HooksHost = HooksHost()  # noqa: RUF009  a value, the same for everybody
    oauth: OAuth | None = None
    """The pages for installing the app, where it may be in several places."""


class SlackSite:
    """Everything of Slack that this service runs."""

    def __init__(self, parts: SlackParts) -> None:
        work, catalogue = parts.work, parts.catalogue
        self.api, self.bell = parts.api, parts.bell
        self.views = Views(catalogue, parts.web_url)
        self.people = People(self.api, catalogue, work.clock, work.directory)
        self.stage = Stage(self.api, work.clock)
        hooks = Hooks(self.api, work.clock, parts.hooks)
        self.watch = DeskWatch(self.api, work.company, work.clock)
        self.messenger = SlackMessenger(work, self.api, catalogue, self.watch.may_show, hooks)
        own = Own(work, parts.own_cases, self.views)
        talks = Talks(work, parts.conversations, own, self.people, self.views)
        channels = Channels(work, self.people, self.stage, hooks, self.views, catalogue)
        tab = HomeTab(work, self.people, self.watch)
        outage = Outage(self.api, self.stage, self.people, self.views)
        self.entrances = Entrances(talks, self.api, self.views, catalogue, tab, outage)
        self.live = LiveCalls(self.api, talks)
        self.presses = Presses(
            talks, own, channels, self.entrances, self.stage, self.people, self.live, outage
        )
        self.bolt = bolt_app(self)
        self.doorman = Doorman(work.clock, self.dispatch)
        token = parts.app_token
        self.socket = SocketLink(token, parts.api.base_url, self.doorman) if token else None
        secret = parts.signing_secret
        self.gate = Gate(secret, work.clock, self.doorman) if secret else None
        self.oauth = parts.oauth

    async def dispatch(self, incoming: Incoming) -> Reply:
        """What Bolt answers to a request that was let in. A place without a token gets nothing:
        Bolt would answer there by itself."""
        if await self.api.homes.token(workspace_of(incoming.payload)) is None:
            log.warning("slack_not_at_home", kind=incoming.kind)
            return Reply()
        # Checked and parsed already: this mode takes the request as it is, from either way in.
        try:
            request = AsyncBoltRequest(body=dict(incoming.payload), mode="socket_mode")
        except (AttributeError, LookupError, TypeError, ValueError):
            return Reply(400)  # Bolt cannot read it: Slack does not send this
        answer = await self.bolt.async_dispatch(request)
        return Reply(answer.status, answer.body if answer.body.startswith("{") else "")

    async def event(self, body: Mapping[str, Any]) -> None:
        """Something happened that this app listens to; anything else is nothing to it."""
        event, team = body["event"], workspace_of(body)
        kind = event["type"]
        if kind == "message" and event.get("channel_type") == "im":
            if "bot_id" not in event and event.get("subtype") in WRITTEN:
                await self.entrances.message(team, event, str(body["event_id"]))
        elif kind == "app_home_opened":
            await self.entrances.home(team, event)
        elif kind in ("channel_shared", "channel_unshared"):
            await self.watch.check()
        elif kind in ("app_uninstalled", "tokens_revoked"):
            await self._left(kind, team, body)

    async def _left(self, kind: str, team: str, body: Mapping[str, Any]) -> None:
        """The app was taken out of a place; a token of a person's own is nothing to us."""
        revoked = body["event"].get("tokens")
        if kind == "tokens_revoked" and isinstance(revoked, dict) and not revoked.get("bot"):
            return
        log.error("slack_uninstalled", event_type=kind)
        authorizations = body.get("authorizations") or [{}]
        wide = authorizations[0].get("is_enterprise_install")
        await self.api.homes.gone(workspace(enterprise_of(team), None) if wide else team)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For as long as the service runs."""
        tasks = [
            asyncio.create_task(self.watch.run()),
            asyncio.create_task(self.live.run(self.bell)),
        ]
        if self.socket is not None:
            tasks.append(asyncio.create_task(self.socket.run()))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.stage.close()
        await self.api.close()


def add_slack(app: web.Application, site: SlackSite) -> None:
    """Adds Slack's one address, where it is called, and what runs beside it."""
    if site.gate is not None:
        app.router.add_post(PATH, site.gate.handle)
    if site.oauth is not None:
        site.oauth.add_to(app)
    app.cleanup_ctx.append(site.running)


def bolt_app(site: SlackSite) -> AsyncApp:
    """Bolt as this service uses it.

    The gate has checked signature and shape. Work is done before the answer, so that what
    is acknowledged is on disk. Bolt's own log lines carry request bodies and are kept quiet.
    """
    quiet_logs()

    async def authorize(enterprise_id: str | None, team_id: str | None, **_more: Any) -> Any:
        token = await site.api.homes.token(workspace(enterprise_id, team_id))
        if token is None:
            return None
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    app = AsyncApp(
        name="mamori",  # else Bolt reads the sources of everything on the stack for one
        logger=logging.getLogger("slack_bolt"),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
    )

    @app.error
    async def on_error(error: Exception) -> None:
        raise error  # to the gate, which logs its name and nothing of its text

    _listen(app, site)
    return app


def _listen(app: AsyncApp, site: SlackSite) -> None:
    """One listener for each kind of request."""

    async def on_action(ack: AsyncAck, body: dict[str, Any]) -> None:
        await site.presses.action(body)
        await ack()

    async def on_view(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await site.presses.submission(body))

    async def on_start(ack: AsyncAck, body: dict[str, Any]) -> None:
        await site.presses.start(body)
        await ack()

    async def on_event(body: dict[str, Any]) -> None:
        await site.event(body)

    app.action(_ANY)(on_action)
    app.view(_ANY)(on_view)
    app.shortcut(_ANY)(on_start)
    app.command(_ANY)(on_start)
    app.event(_ANY)(on_event)


def quiet_logs() -> None:
    """Bolt and the SDK log bodies and payloads: below what they call critical they say nothing.

    What this service does is logged by itself, in fixed words.
    """
    for name in ("slack_bolt", "slack_sdk"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
