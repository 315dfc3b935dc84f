"""Whether a desk's channel may be shown content: private, and shared with nobody.

Looked at every twenty seconds and at every event that may change it. A verdict is good for
a minute: when Slack cannot be asked, or says that strangers may read along, what is owed to
the desk waits, is never dropped, and the operator's alarm says why.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from adapters.slack.api import Api, Done
from adapters.slack.places import PLATFORM, Places
from bot.company import Company
from bot.ports import Clock

log = structlog.get_logger()

EVERY_SECONDS = 20.0
GOOD_FOR = timedelta(seconds=60)

_SHARED = ("is_ext_shared", "is_org_shared", "is_shared", "is_pending_ext_shared")


class DeskWatch:
    """Keeps an eye on the desks' channels."""

    def __init__(self, api: Api, company: Company, clock: Clock) -> None:
        self._api, self._clock = api, clock
        channels = [address.partition(":") for address in company.desk_channels]
        places = Places(company)
        self._rooms = {room: places.room(room) for kind, _, room in channels if kind == PLATFORM}
        self._fit_at: dict[str, datetime] = {}

    def may_show(self, channel: str) -> bool:
        """Whether a channel may be shown content now. Only a desk's is ever held back."""
        if channel not in self._rooms:
            return True
        fit_at = self._fit_at.get(channel)
        return fit_at is not None and self._clock.now() - fit_at <= GOOD_FOR

    async def check(self) -> None:
        """Looks once."""
        for channel, (team, room) in self._rooms.items():
            answer = await self._api.call(team, "conversations.info", channel=room)
            if not isinstance(answer, Done):
                log.warning("desk_channel_not_seen", answer=type(answer).__name__)
                continue
            reason = unfit(answer.data.get("channel") or {})
            if reason is None:
                self._fit_at[channel] = self._clock.now()
            else:
                self._fit_at.pop(channel, None)
                log.error("desk_channel_unfit", reason=reason)

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Looks until it is cancelled."""
        while True:
            await self.check()
            await sleep(EVERY_SECONDS)


def unfit(channel: dict[str, object]) -> str | None:
    """Why a channel must not be the desk's; None for one that may."""
    if channel.get("is_archived"):
        return "archived"
    if not channel.get("is_private"):
        return "not_private"
    return "shared" if any(channel.get(flag) for flag in _SHARED) else None
