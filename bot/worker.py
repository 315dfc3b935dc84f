"""The loop: handles what is due, one row at a time, then sleeps until the next or a commit."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from functools import partial

import structlog

from bot.acceptances import expire, say_overdue
from bot.aftercare import ask_employee, lapse
from bot.bell import Bell, Call
from bot.call_ends import question_call
from bot.card_deliveries import deliver_card
from bot.case_work import QUIETLY, Work
from bot.deliveries import Messengers
from bot.directory import refresh
from bot.evidence import drop_unfinished
from bot.filing import release
from bot.held_back import hold_back, may_go
from bot.inbox import forget_old_deliveries
from bot.left_people import let_go_of_who_left
from bot.links import forget_old_links
from bot.list_deliveries import deliver_list
from bot.messengers import Messenger
from bot.nudge_deliveries import deliver_nudge
from bot.nudges import climb
from bot.on_duty import forget_old_duty
from bot.own_over import end_at_site
from bot.refreshes import refresh as refresh_case
from bot.return_address import PUSHES, deliver_push, forget_address
from bot.sealed_lists import KEYS_KEPT_DAYS
from bot.unmet import ask_once_more
from bot.work_records import Job, Wanted, anywhere, platform_of

log = structlog.get_logger()

LEASE_SECONDS = 60
HANDLER_SECONDS = 30
"""A handler ends well before its lease, so that no two processes hold one row."""
LONGEST_SLEEP_SECONDS = 1.0
"""Other processes' commits ring no bell here."""
AT_ONCE = 4
"""So many messages to one platform are under way at a time, each to another channel."""
PARKED_SECONDS = 900
"""A row that failed again and again is tried this seldom, and never stops another."""


async def run_one_due(work: Work, messengers: Messengers, wanted: Wanted = anywhere) -> bool:
    """Handles the most urgent due row. False when nothing is due that may go now."""
    job = await _claim_due(work, messengers, wanted)
    if job is not None:
        await _handle_due(work, messengers, job)
    return job is not None


async def _claim_due(work: Work, messengers: Messengers, wanted: Wanted) -> Job | None:
    gaps = {name: messenger.gap_seconds for name, messenger in messengers.items()}
    # To hold a row makes nothing due: nobody need wake for it.
    async with work.storage.write(quiet=True) as tx:
        return await tx.jobs.claim(work.clock.now(), LEASE_SECONDS, gaps, wanted)


async def _handle_due(work: Work, messengers: Messengers, job: Job) -> None:
    try:
        async with asyncio.timeout(HANDLER_SECONDS):
            await _handle(work, messengers, job)
    except Exception as error:  # noqa: BLE001  one bad row must not stop the others
        # The name of the error only: its text could hold what a person wrote.
        log.error(
            "job_failed",
            kind=job.kind,
            attempts=job.attempts,
            error=type(error).__name__,
        )
        wait = min(PARKED_SECONDS, 2**job.attempts)
        async with work.storage.write() as tx:
            await tx.jobs.retry(job, work.clock.now() + timedelta(seconds=wait))


_DELIVERIES = {
    "card": deliver_card,
    "nudge": deliver_nudge,
    "list": deliver_list,
    "push": deliver_push,
}


async def _handle(work: Work, messengers: Messengers, job: Job) -> None:
    if not work.directory.known and not await may_go(work, job):
        await hold_back(work, job)
    elif job.kind in _DELIVERIES:
        await _DELIVERIES[job.kind](work, messengers, job)
    elif job.kind in ("refresh", QUIETLY):
        await refresh_case(work, job)
    else:
        await _fire_clock(work, job)


_CLOCKS = {
    "climb": climb,
    "expire": expire,
    "overdue": say_overdue,
    "release": release,
    "ask": ask_employee,
    "lapse": lapse,
    "unmet": ask_once_more,
    "own_over": end_at_site,
    "help_ends": question_call,
    "forget_address": forget_address,
    "drop_file": drop_unfinished,
}
"""What each kind of clock does when it falls due: one function a kind."""


async def _fire_clock(work: Work, job: Job) -> None:
    """A clock's whole effect and the end of its row are one transaction: exactly once.

    It was due when it was claimed, and is so still where the machine's clock was set back since.
    """
    async with work.storage.write() as tx:
        # The case first, like everybody who changes it: another order could deadlock.
        duty = await tx.duties.get(job.subject)
        await tx.cases.lock(job.subject if duty is None else duty.case_id)
        if await tx.jobs.done(job):
            await _CLOCKS[job.kind](work, tx, job.subject, max(work.clock.now(), job.due_at))


async def reclaim(work: Work) -> None:
    """At the start of the only process: whatever was held died with the one before."""
    async with work.storage.write() as tx:
        await tx.jobs.reclaim(work.clock.now())


async def forget_old_keys(work: Work) -> None:
    """Destroys the draft keys of two days ago and before, with every list sealed under them."""
    oldest = work.clock.now().date() - timedelta(days=KEYS_KEPT_DAYS - 1)
    async with work.storage.write() as tx:
        await tx.draft_keys.destroy_before(oldest)


async def run_forever(work: Work, messengers: Messengers, bell: Bell) -> None:
    """Runs until the bell is closed, and then to the end of the rows in hand.

    Where it is cancelled, a row in hand comes back by its lease, or at the next start.

    Each platform has a loop of its own, and so have the pushes and the clocks: one that hangs or
    is out keeps neither the others' messages waiting nor the question of who must be asked next.
    """
    apart = (*messengers, PUSHES)
    # Who works where first: before that a channel may look as if nobody who is kept out reads it.
    await _done(partial(refresh, work.directory, work.storage), bell)
    if work.storage.one_process:
        await _done(partial(reclaim, work), bell)
    async with asyncio.TaskGroup() as group:
        group.create_task(_run_clocks(work, messengers, bell, apart))
        for one in apart:
            group.create_task(_send_to(one, work, messengers, bell))


async def _done(step: Callable[[], Awaitable[None]], bell: Bell) -> None:
    """Takes a step without which nothing may begin, as often as it needs."""
    while not bell.closed:
        try:
            await step()
            return
        except Exception as error:  # noqa: BLE001  a database that is out comes back
            log.error("loop_failed", error=type(error).__name__)
        await bell.wait(LONGEST_SLEEP_SECONDS)


class _Hands:
    """Messages to one platform that are under way, each to another channel."""

    def __init__(
        self,
        platform: str,
        work: Work,
        messengers: Messengers,
        bell: Bell,
        group: asyncio.TaskGroup,
    ) -> None:
        self._platform = platform
        self._work = work
        self._messengers = messengers
        self._bell = bell
        self._group = group
        self._free = asyncio.Semaphore(AT_ONCE)
        self._channels: set[str] = set()
        self.call = bell.call_for(self._may_go)

    def _may_go(self, address: str) -> bool:
        """Whether a message may go there: nothing is under way that should stand before it."""
        return platform_of(address) == self._platform and address not in self._channels

    async def begin_one(self) -> bool:
        """Begins the most urgent due message. False when none is due that may go now.

        It is chosen once a hand is free: what is more urgent may come until then.
        """
        await self._free.acquire()
        job = None
        try:
            if not self._bell.closed:
                job = await _claim_due(self._work, self._messengers, self._may_go)
        finally:
            if job is None:
                self._free.release()
        if job is None:
            return False
        self._channels.add(job.pace)
        self._group.create_task(self._send(job))
        return True

    async def _send(self, job: Job) -> None:
        try:
            await _handle_due(self._work, self._messengers, job)
        except Exception as error:  # noqa: BLE001  the loop outlives a database outage
            log.error("loop_failed", error=type(error).__name__)
        finally:
            self._channels.remove(job.pace)
            self._free.release()
            self.call.rung.set()  # its channel may have another


async def _send_to(platform: str, work: Work, messengers: Messengers, bell: Bell) -> None:
    """A channel that answers slowly keeps no other waiting, until so many do at once."""
    pause = _pause_seconds(messengers.get(platform))
    async with asyncio.TaskGroup() as group:
        hands = _Hands(platform, work, messengers, bell, group)
        while not bell.closed:
            await _work_off(hands.begin_one, bell, hands.call, pause)


def _pause_seconds(messenger: Messenger | None) -> float:
    """How soon what was just written to may be written to again: no bell rings then."""
    gap = messenger.gap_seconds if messenger is not None else 0.0
    return min(gap or LONGEST_SLEEP_SECONDS, LONGEST_SLEEP_SECONDS)


async def _run_clocks(
    work: Work, messengers: Messengers, bell: Bell, apart: Collection[str]
) -> None:
    """One after the other. Also whatever goes to a platform that nobody set up: that fails, and is
    said."""
    forgotten = known = None
    call = bell.call_for(lambda address: platform_of(address) not in apart)
    while not bell.closed:
        try:
            await refresh(work.directory, work.storage)
            if work.directory.known and known != work.directory.version:
                await let_go_of_who_left(work)
                known = work.directory.version
            today = work.clock.now().date()
            if forgotten != today:
                await forget_old_keys(work)
                await forget_old_deliveries(work)
                await forget_old_links(work)
                await forget_old_duty(work)
                forgotten = today
        except Exception as error:  # noqa: BLE001  the loop outlives a database outage
            log.error("loop_failed", error=type(error).__name__)
        one = partial(run_one_due, work, messengers, call.wanted)
        await _work_off(one, bell, call, LONGEST_SLEEP_SECONDS)


async def _work_off(
    one: Callable[[], Awaitable[bool]], bell: Bell, call: Call, pause_seconds: float
) -> None:
    """Takes one due row after the other until there is none, then sleeps until there may be."""
    call.rung.clear()
    try:
        while not bell.closed and await one():
            call.rung.clear()
    except Exception as error:  # noqa: BLE001  the loop outlives a database outage
        log.error("loop_failed", error=type(error).__name__)
        call.rung.clear()
    if not bell.closed:
        await bell.wait_for_work(pause_seconds, call)
