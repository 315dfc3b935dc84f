"""The watch beside the worker: a self-audit every minute, and a sign of life after a clean one.

Before it looks, it brings forward what a clock that was set back would hold up, and once, as a
service begins, takes along what stands in channels that the company file names no more.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.audits import Audit, audit
from bot.case_work import Work
from bot.heartbeat import Beat, BeatFailed
from bot.left_channels import owe_what_was_left
from bot.metrics import Meter
from bot.pins import Pins
from bot.set_back import mend_what_lies_ahead

log = structlog.get_logger()

EVERY_SECONDS = 60.0
AUDIT_SECONDS = 20.0
PIN_SECONDS = 10.0


@dataclass(frozen=True)
class Pass:
    """What the self-audit found, and when."""

    at: datetime
    found: Audit


class Watch:
    """Looks, remembers what it saw, and tells those who watch from outside."""

    def __init__(
        self,
        work: Work,
        meter: Meter,
        *,
        pins: Pins | None = None,
        beat: Beat | None = None,
        room: int | None = None,
    ) -> None:
        self._work = work
        self._meter = meter
        self._pins = pins
        self._beat = beat
        self._room = room
        self._channels_seen_to = False
        self.last: Pass | None = None
        """The last pass that came to an end."""

    async def run_forever(self) -> None:
        """A pass a minute until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """One pass. Whatever goes wrong is logged and leaves the last pass to grow old."""
        await self._mend()
        pinned = await self._pin()
        try:
            async with asyncio.timeout(AUDIT_SECONDS):
                found = await audit(self._work, pinned=pinned, room=self._room)
        except Exception as error:  # noqa: BLE001  the watch outlives a database outage
            log.error("audit_failed", error=type(error).__name__)
            return
        self._remember(Pass(self._work.clock.now(), found))
        if found.clean:
            await self._send_sign_of_life()

    async def _mend(self) -> None:
        try:
            async with asyncio.timeout(AUDIT_SECONDS):
                await mend_what_lies_ahead(self._work)
                if not self._channels_seen_to:  # the company file is read once, at the start
                    await owe_what_was_left(self._work)
                    self._channels_seen_to = True
        except Exception as error:  # noqa: BLE001  the audit must still say what is wrong
            log.error("not_mended", error=type(error).__name__)

    async def _pin(self) -> bool:
        """Whether every history is pinned, as far as it is wanted."""
        if self._pins is None:
            return True
        try:
            async with asyncio.timeout(PIN_SECONDS):
                await self._pins.pin()
        except Exception as error:  # noqa: BLE001  a full disk must not stop the audit
            log.error("heads_not_pinned", error=type(error).__name__)
            return False
        return True

    def _remember(self, now: Pass) -> None:
        before, self.last = self.last, now
        self._meter.audited(now.found, now.at)
        if not now.found.clean:
            log.error("audit_red", **now.found.findings())
        exhausted = now.found.exhausted_duties
        if exhausted > (before.found.exhausted_duties if before else 0):
            log.warning("duties_exhausted", exhausted_duties=exhausted)

    async def _send_sign_of_life(self) -> None:
        if self._beat is None:
            return
        try:
            await self._beat.beat()
        except BeatFailed as error:
            log.warning("heartbeat_failed", reason=str(error))
        except Exception as error:  # noqa: BLE001  silence is the alarm; nothing else stops
            log.warning("heartbeat_failed", error=type(error).__name__)
