"""Where this service is at home in Slack, and the token of each place.

With one workspace the token is a setting. With several, each installation has its own, kept
sealed, read once a minute at most, and exchanged for a new one before it ends: by whichever
process first needs it, be that a press or a message that is owed.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.places import PLATFORM, enterprise_of, team_of
from bot.company_records import Install
from bot.ports import Clock, Storage

log = structlog.get_logger()

KNOWN_FOR = timedelta(seconds=60)
"""How long another process's installation, removal or new token may go unnoticed."""
RENEWED_BEFORE = timedelta(hours=2)
"""A token lives for twelve hours; Slack advises to exchange it two hours before it ends."""
TOO_LATE = timedelta(minutes=1)
"""So close to its end a token is not used: whoever needs one waits for the next."""
HELD_FOR = timedelta(seconds=30)
"""How long one process may take to fetch a new token, and when another try may follow."""


class Homes(Protocol):
    """The tokens of all places, by the workspace's name (see `places`)."""

    async def token(self, workspace: str) -> str | None:
        """The bot's token there; "" asks for the only place there is."""
        ...

    async def places(self) -> Sequence[str]:
        """The names of all places that are known by name."""
        ...

    async def alone(self) -> bool:
        """Whether there is one place only, so that an id without its workspace is enough."""
        ...

    def forget(self) -> None:
        """Slack refused a token: what is kept is read anew before the next call."""
        ...

    async def gone(self, workspace: str) -> None:
        """The app was uninstalled there, or its token was taken back."""
        ...


@dataclass(frozen=True)
class OneHome:
    """The only workspace, whose token is a setting."""

    bot_token: str

    async def token(self, workspace: str) -> str | None:
        """The token, whoever asks: whether the request's workspace is ours is Slack's to say."""
        return self.bot_token

    async def places(self) -> Sequence[str]:
        """None: the only place needs no name."""
        return ()

    async def alone(self) -> bool:
        """There is no other."""
        return True

    def forget(self) -> None:
        """A setting does not change while the service runs."""

    async def gone(self, workspace: str) -> None:
        """Only the operator can give another token."""


def only(token: str) -> Homes:
    """The tokens of a service that serves one workspace."""
    return OneHome(token)


@dataclass(frozen=True)
class Grant:
    """What an installation gave. Sealed at rest; who installed the app is not kept."""

    bot_token: str
    refresh_token: str = ""

    def pack(self) -> bytes:
        """As bytes for sealing."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> "Grant":
        """The grant behind opened bytes."""
        return cls(**json.loads(data))


@dataclass(frozen=True)
class App:
    """Slack's name for this app, and what proves to Slack that it is this service."""

    client_id: str
    client_secret: str
    base_url: str


def install_id(workspace: str) -> str:
    """The name under which an installation is kept."""
    return f"{PLATFORM}:{workspace}"


class InstalledHomes:
    """The places where the app was installed by OAuth."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        app: App,
        session: Callable[[], aiohttp.ClientSession],
    ) -> None:
        self._storage, self._clock, self._app, self._session = storage, clock, app, session
        self._read_at: datetime | None = None
        self._installs: Sequence[Install] = ()
        self._renewing: dict[str, asyncio.Task[None]] = {}

    async def token(self, workspace: str) -> str | None:
        """The bot's token there. One that ends soon is renewed beside, one that ends now first."""
        install = self._of(await self._known(), workspace)
        if install is None:
            return None
        if install.expires_at is not None:
            left = install.expires_at - self._clock.now()
            if left <= RENEWED_BEFORE:
                task = self._renewed(install)
                if left <= TOO_LATE:
                    await asyncio.shield(task)
                    install = self._of(await self._known(), workspace) or install
        return Grant.unpack(install.grant).bot_token

    async def places(self) -> Sequence[str]:
        """Where the app is installed."""
        return [install.id.partition(":")[2] for install in await self._known()]

    async def alone(self) -> bool:
        """Whether the app is installed in one place only."""
        return len(await self._known()) == 1

    def forget(self) -> None:
        """What is kept is read anew before the next call."""
        self._read_at = None

    async def keep(self, workspace: str, grant: Grant, expires_at: datetime | None) -> None:
        """The app was installed there, or has a new token."""
        async with self._storage.write() as tx:
            await tx.installs.put(Install(install_id(workspace), grant.pack(), expires_at))
        self.forget()

    async def gone(self, workspace: str) -> None:
        """Forgets the installation and its tokens: this workspace's or this organisation's own."""
        for install in await self._known():
            place, team = install.id.partition(":")[2], team_of(workspace)
            if place == workspace or (team and team_of(place) == team):
                async with self._storage.write() as tx:
                    await tx.installs.remove(install.id)
        self.forget()

    async def settle(self) -> None:
        """Waits for tokens that are being fetched."""
        await asyncio.gather(*self._renewing.values())

    async def _known(self) -> Sequence[Install]:
        now = self._clock.now()
        if self._read_at is None or now - self._read_at >= KNOWN_FOR:
            found = await self._read()
            self._installs = [i for i in found if i.id.startswith(f"{PLATFORM}:")]
            self._read_at = now
        return self._installs

    async def _read(self) -> Sequence[Install]:
        """What is kept. Where it cannot be read, what was known goes on: of a press for help at
        least something must be shown."""
        try:
            async with self._storage.read() as tx:
                return await tx.installs.all()
        except Exception as error:
            if not self._installs:
                raise
            log.error("slack_installs_not_read", error=_kind(error))
            return self._installs

    @staticmethod
    def _of(installs: Sequence[Install], workspace: str) -> Install | None:
        """The installation in a workspace, else in its organisation as a whole.

        A workspace whose organisation the company did not write belongs to the only one.
        """
        places = {i.id.partition(":")[2]: i for i in installs}
        if not workspace:
            return installs[0] if len(installs) == 1 else None
        team, enterprise = team_of(workspace), enterprise_of(workspace)
        own = next((i for place, i in places.items() if team and team_of(place) == team), None)
        if own is not None:
            return own
        if enterprise:
            return places.get(f"{enterprise}.")
        wide = [i for place, i in places.items() if place.endswith(".")]
        return wide[0] if len(wide) == 1 else None

    def _renewed(self, install: Install) -> asyncio.Task[None]:
        task = self._renewing.get(install.id)
        if task is None or task.done():
            task = self._renewing[install.id] = asyncio.create_task(self._renew(install))
        return task

    async def _renew(self, install: Install) -> None:
        """Exchanges a token, if no other process is doing it. Never fails."""
        now = self._clock.now()
        try:
            async with self._storage.write() as tx:
                mine = await tx.installs.hold(install, now, now + HELD_FOR)
            if mine:
                await self._exchange(install, now)
        except Exception as error:  # noqa: BLE001  whoever waits goes on with the old token
            log.error("slack_token_not_renewed", error=_kind(error))
        self.forget()

    async def _exchange(self, install: Install, now: datetime) -> None:
        grant = Grant.unpack(install.grant)
        client = AsyncWebClient(
            base_url=self._app.base_url, session=self._session(), retry_handlers=[]
        )
        answer = await client.oauth_v2_access(
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=grant.refresh_token,
        )
        fresh, expires_at = granted(answer.data, now)
        async with self._storage.write() as tx:
            await tx.installs.put(replace(install, grant=fresh.pack(), expires_at=expires_at))
        log.info("slack_token_renewed")


def granted(answer: Any, now: datetime) -> tuple[Grant, datetime | None]:
    """What Slack handed out, and until when it is good."""
    seconds = answer.get("expires_in")
    grant = Grant(str(answer["access_token"]), str(answer.get("refresh_token") or ""))
    return grant, now + timedelta(seconds=int(seconds)) if seconds else None


def _kind(error: Exception) -> str:
    """What went wrong, in Slack's fixed words or by the error's name: never a text with a token."""
    if isinstance(error, SlackApiError):
        data = error.response.data if hasattr(error.response, "data") else {}
        return str(data.get("error", "")) if isinstance(data, dict) else "unreadable"
    if isinstance(error, SlackClientError):
        return "unreadable"
    return type(error).__name__
