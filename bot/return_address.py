"""The bot may write to somebody whose name nobody knows: where to, kept apart and for a time.

Every case, named or not, has exactly one row in the vault, real or empty, of one size and under
a key that looks random, without a time. Only the case's sealed body knows which row and opens it.
What is sent says that there is something, and nothing else, and leaves at full hours, all together.

A report with a name from a platform that knows its people is found again by their account: the
key of its row is a keyed hash of the account, and the row holds the case's id too. No row of an
unnamed report is ever found like that, or holds a case's id.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.bodies import Body, ReportBody, VaultPointer, pack, unpack
from bot.case_work import PRIORITY, Work, body_of, report_of, site_by
from bot.day_parts import day_alone
from bot.deliveries import Messengers
from bot.keys import IndexKey, new_id
from bot.messengers import Throttled
from bot.ports import Entropy, Transaction
from bot.pressed import UNKNOWN, Pressed
from bot.work_records import Job, NewJob
from flows.phrases import say
from flows.policy import Policy
from flows.screens import Card, Paragraph

log = structlog.get_logger()

_THEN = "\n"
MOST_OWN = 20
"""So many reports of one account are found again without their receipts."""
NEUTRAL = Card(
    title=say("push.title"),
    body=(Paragraph(text=say("push.text")), Paragraph(text=say("push.text.other"))),
)
"""The same for everybody, whatever there is. Which language an unnamed reporter reads is not kept
with their address: it is written in Japanese and in English."""
SECONDS = 5.0
"""A platform that hangs must not keep the clocks waiting."""


def new_pointer(entropy: Entropy) -> VaultPointer:
    """Which row of the vault will be a new case's own, and what opens it."""
    return VaultPointer(key=entropy.bytes(16).hex(), secret=entropy.bytes(32).hex())


def _own_pointer(index: IndexKey, address: str, number: int) -> VaultPointer:
    """Which row of the vault is somebody's own report of this number, and what opens it."""
    account = f"{number}|{address}".encode("utf-8", "replace")
    return VaultPointer(
        key=index.mac("own report", account)[:16].hex(),
        secret=index.mac("opens own report", account).hex(),
    )


async def pointer_for(work: Work, tx: Transaction, address: str) -> VaultPointer:
    """Which row of the vault will be a new named report's: one that its sender finds again.

    The account's first row is held, so that two reports at one moment are given two rows.
    """
    if address:
        await tx.vault.hold(bytes.fromhex(_own_pointer(work.index, address, 0).key))
    for number in range(MOST_OWN if address else 0):
        pointer = _own_pointer(work.index, address, number)
        if await _open(tx, pointer) is None:
            return pointer
    return new_pointer(work.entropy)


async def own_reports(work: Work, tx: Transaction, address: str) -> list[tuple[str, ReportBody]]:
    """The ids and bodies of the reports that somebody sent with a name from this account.

    An unnamed one can be none of them: neither its row nor its key leads here.
    """
    found: list[tuple[str, ReportBody]] = []
    for number in range(MOST_OWN if address else 0):
        pointer = _own_pointer(work.index, address, number)
        kept, _, case_id = (await _open(tx, pointer) or "").partition(_THEN)
        data = await tx.cases.body(case_id) if kept == address and case_id else None
        body = unpack(data) if data else None
        if isinstance(body, ReportBody) and body.vault == pointer and not body.report.unnamed:
            found.append((case_id, body))
    return found


async def _open(tx: Transaction, pointer: VaultPointer) -> str | None:
    opened = await tx.vault.open(bytes.fromhex(pointer.key), bytes.fromhex(pointer.secret))
    return None if opened is None else opened.decode()


async def keep_address(
    work: Work, tx: Transaction, case_id: str, body: Body, address: str, now: datetime
) -> None:
    """Writes a new case's row, and the clock of its end.

    The row is empty where there is no address, and where an unnamed reporter did not wish it.
    """
    pointer = body.vault
    assert pointer is not None
    unnamed = isinstance(body, ReportBody) and body.report.unnamed
    if isinstance(body, ReportBody) and unnamed and not body.report.may_write:
        address = ""
    if address and not unnamed:
        address = f"{address}{_THEN}{case_id}"
    await tx.vault.put(bytes.fromhex(pointer.key), bytes.fromhex(pointer.secret), address.encode())
    await keep_longer(work, tx, case_id, body, now)


async def keep_longer(work: Work, tx: Transaction, case_id: str, body: Body, now: datetime) -> None:
    """Aftercare begins now, perhaps anew: what is kept of where to write is kept until it ends.

    Counted from the day alone, named or not: this clock stands in the clear, and it must not
    tell in which hour an unnamed report was sent.
    """
    begins = day_alone(now, site_by(work, body).zone)
    due = begins + timedelta(days=kept_days(work.policy))
    await tx.jobs.enqueue([_forgets(case_id, due)])


async def keep_for_a_talk(
    work: Work, tx: Transaction, case_id: str, body: Body, now: datetime
) -> None:
    """The desk is to speak with them: where to write is kept until nobody asks it to any more.

    Never shorter than it was; and from the day alone, as always.
    """
    present = await tx.jobs.due_at(f"forget_address:{case_id}")
    day = day_alone(now, site_by(work, body).zone)
    due = day + timedelta(days=talk_days(work.policy))
    if present is not None and present < due:
        await tx.jobs.enqueue([_forgets(case_id, due)])


def _forgets(case_id: str, due: datetime) -> NewJob:
    dedup = f"forget_address:{case_id}"
    return NewJob("forget_address", case_id, due, dedup, PRIORITY["clock"])


def talk_days(policy: Policy) -> int:
    """For how long the desk is asked to speak with somebody, as long as nobody has.

    A day more, for the hours of the day on which it began.
    """
    care = policy.aftercare
    return max(care.check_in_days) + care.answer_days + 1


def kept_days(policy: Policy) -> int:
    """How long an address is kept: until the last question of aftercare can be answered.

    A day more, for a report that waited before it left for the desk, and one for the hours of the
    day on which it was sent.
    """
    care = policy.aftercare
    return max(*care.check_in_days, *care.no_reprisal_days) + care.answer_days + 2


async def forget_address(work: Work, tx: Transaction, case_id: str, now: datetime) -> None:
    """Aftercare is over: nothing leads to the person any more."""
    await forget_row(tx, case_id, await row_of(tx, case_id))


async def row_of(tx: Transaction, case_id: str) -> VaultPointer | None:
    """Which row of the vault is a case's own, if any is."""
    body = await body_of(tx, case_id)
    return None if body is None else body.vault


async def forget_row(tx: Transaction, case_id: str, row: VaultPointer | None) -> None:
    """Destroys a case's row, unless it is another's by now.

    A row of somebody's own reports is given to their next one once it has been forgotten.
    """
    if row is not None:
        _, _, holder = (await _open(tx, row) or "").partition(_THEN)
        if holder in ("", case_id):
            await tx.vault.forget(bytes.fromhex(row.key))


async def stop_writing(work: Work, tx: Transaction, case_id: str) -> Pressed:
    """The bot writes to this reporter no more: their row is empty, as most rows are.

    No line of the history says so, no number counts it, and the answer is gone from the case, for
    each would tell that an address was there. Whoever never allowed it reads the same, and the
    same is written.
    """
    body = await report_of(tx, case_id)
    if body is None or not body.report.unnamed:
        return UNKNOWN
    if body.vault is not None:
        key, secret = bytes.fromhex(body.vault.key), bytes.fromhex(body.vault.secret)
        await tx.vault.rewrite(key, secret, b"")
        silent = body.report.model_copy(update={"may_write": False})
        stopped = pack(body.model_copy(update={"report": silent}))
        await tx.cases.set_body(case_id, stopped, counted=False)
    return Pressed(say("own.stopped_writing"), True)


PUSHES = "push"
"""Where every push waits, whatever platform it goes to or none: the row must not tell."""


async def owe_push(tx: Transaction, case_id: str, now: datetime) -> None:
    """There is something for the reporter: said at the next full hour, if they may be told.

    The same for every case, so that what is owed does not tell who may be told.
    """
    push = NewJob(
        kind="push",
        subject=case_id,
        due_at=_full_hour(now),
        dedup=f"push:{case_id}",
        priority=PRIORITY["reminder"],
        pace=PUSHES,
        keep_waiting=True,
    )
    await tx.jobs.enqueue([push])


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


async def deliver_push(work: Work, messengers: Messengers, job: Job) -> None:
    """Says that there is something, once: a row that stayed to be tried again, while those of
    cases without an address are gone, would tell who may be written to.

    Lost on its way, or not taken, it is not said again: the next time tells.
    """
    address = await _address(work, job.subject)
    platform, _, channel = address.partition(":")
    messenger = messengers.get(platform)
    if messenger is not None:
        # A name of its own, which leads to no case.
        key = new_id(work.entropy)
        try:
            async with asyncio.timeout(SECONDS):
                outcome = await messenger.post(channel, NEUTRAL, key, None)
            if isinstance(outcome, Throttled):
                log.warning("push_not_taken")
        except TimeoutError:
            log.warning("push_lost")
        except Exception as error:  # noqa: BLE001  the row must not stay for this one alone
            log.error("push_failed", error=type(error).__name__)
    async with work.storage.write() as tx:
        await tx.jobs.done(job)


async def _address(work: Work, case_id: str) -> str:
    """Where the reporter of a case may be written to; empty for nowhere."""
    async with work.storage.read() as tx:
        data = await tx.cases.body(case_id)
        pointer = unpack(data).vault if data else None
        if pointer is None:
            return ""
        return (await _open(tx, pointer) or "").partition(_THEN)[0]
