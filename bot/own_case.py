"""A case on the page of the person who started it: by this visit's pass, or by receipt."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.case_records import CaseKind, CaseState
from bot.case_work import Work, body_of, site_by
from bot.exclusions import Exclusion, desk_of, exclusion_in
from bot.keys import RECEIPT_DIGITS, count_digits, read_public_id, read_receipt
from bot.own_care import DESK_KNOWS, TOLD_DESK
from bot.own_presses import press_on_own_page
from bot.ports import Transaction
from bot.pressed import Pressed
from bot.return_address import own_reports
from bot.rights import Reader
from bot.rows import first_of
from bot.running_calls import caller_of, newest_call, nobody_is_left, runs
from bot.sealed_lists import SealedLists, Unopened, Visitor
from bot.unmet import care_asked_at
from bot.views import view_case
from bot.work_records import DutyState
from flows.caller import caller_card
from flows.case_view import CaseView
from flows.commitments import DutyKind
from flows.ladders import AT_DESK
from flows.phrases import Phrase, Say, on_day, say
from flows.policy import Policy
from flows.presses import Verb
from flows.screens import Card
from flows.status import call_line, own_line, reporter_card

FAILURES_WINDOW = timedelta(minutes=1)
SLOWEST_SECONDS = 2.0


@dataclass(frozen=True)
class OwnCase:
    """What the page shows, and which case presses on it act on."""

    case_id: str
    public_id: str
    card: Card
    is_call: bool
    calling: bool
    """It is a call for help that nobody has ended."""
    elsewhere: bool = False
    """It is such a call, and help can be called to another site."""
    listed: bool = False
    """This account finds it without a receipt, among what it sent with a name."""


@dataclass(frozen=True)
class OwnLine:
    """One thing that somebody sent, as a line, and the pass that opens it."""

    text: Phrase
    pass_token: str


def opens_nothing(typed: str) -> Say:
    """What is said where a number opens no case.

    Any seven letters have the same answer, and nothing is looked up for it: whether there is such
    a call or report is nobody's to learn.
    """
    if not typed.strip():
        return say("receipt.missing", digits=RECEIPT_DIGITS)
    if read_public_id(typed) is not None:
        return say("receipt.short_number", digits=RECEIPT_DIGITS)
    given = count_digits(typed)
    if given is not None and given < RECEIPT_DIGITS:
        return say("receipt.too_short", given=given, digits=RECEIPT_DIGITS)
    return say("receipt.not_found")


class OwnCases:
    """Opens one's own case, and nothing else. Unknown and forbidden answer alike."""

    def __init__(self, work: Work, lists: SealedLists) -> None:
        self._work = work
        self._lists = lists
        self._failures: deque[datetime] = deque()

    async def open(self, visitor: Visitor, pass_token: str) -> OwnCase | None:
        """The case behind a pass. Raises Unopened for a pass that opens nothing."""
        return await self._show(visitor, await self._lists.open_pass(visitor, pass_token))

    async def help_is_called(self, visitor: Visitor, pass_token: str) -> bool:
        """Whether this pass leads to a call for help that still runs: one call is enough.

        A call that nobody is left to answer is enough for nobody, although its page shows it.
        """
        try:
            case_id = await self._lists.open_pass(visitor, pass_token)
        except Unopened:
            return False
        async with self._work.storage.read() as tx:
            case = await tx.cases.get(case_id)
            if case is None or not await runs(tx, case):
                return False
            return not await nobody_is_left(self._work, tx, case)

    async def call_of(self, visitor: Visitor, pass_token: str) -> str:
        """The number of the call for help that this pass leads to; empty where it is none."""
        try:
            case_id = await self._lists.open_pass(visitor, pass_token)
        except Unopened:
            return ""
        async with self._work.storage.read() as tx:
            case = await tx.cases.get(case_id)
        return case.public_id if case is not None and case.kind is CaseKind.HELP else ""

    async def press(
        self,
        visitor: Visitor,
        pass_token: str,
        code: str,
        words: str,
        delivery: bytes | None = None,
    ) -> Pressed:
        """A press on one's own page; the same `delivery` again has no effect. Raises Unopened."""
        case_id = await self._lists.open_pass(visitor, pass_token)
        caller = caller_of(self._work, visitor)
        pressed = await press_on_own_page(self._work, case_id, code, words, delivery, caller)
        of_desk = pressed.notice in (TOLD_DESK, DESK_KNOWS)
        if of_desk and await self._is_all_of_desk(visitor, case_id):
            return replace(pressed, notice=say("own.care_not_yet_alone"))
        return pressed

    async def _is_all_of_desk(self, visitor: Visitor, case_id: str) -> bool:
        if visitor.person_id is None:
            return False
        async with self._work.storage.read() as tx:
            return await _own_desk(self._work, tx, case_id, visitor.person_id) is not None

    async def sends_words(self, visitor: Visitor, pass_token: str, code: str) -> bool:
        """Whether a press sends what is typed on the page: beside any other press it stays there.

        Raises Unopened.
        """
        case_id = await self._lists.open_pass(visitor, pass_token)
        press = self._work.index.open_press(code, case_id)
        return press is not None and press.verb is Verb.WRITE

    async def is_its_receipt(self, visitor: Visitor, pass_token: str, typed: str) -> bool:
        """Whether this is the receipt of the pass's case, so that a page may go on showing it."""
        receipt = read_receipt(typed)
        if receipt is None:
            return False
        try:
            case_id = await self._lists.open_pass(visitor, pass_token)
        except Unopened:
            return False
        async with self._work.storage.read() as tx:
            case = await tx.cases.by_receipt(self._work.index.receipt_mac(receipt))
        return case is not None and case.id == case_id

    async def named(self, visitor: Visitor) -> tuple[OwnLine, ...]:
        """The reports that this account sent with a name, newest first. Never an unnamed one:
        nothing is kept that could lead to it from here."""
        reader = Reader.OWN_PAGE
        async with self._work.storage.read() as tx:
            found = await own_reports(self._work, tx, visitor.push)
            views = [await view_case(self._work, tx, case_id, reader) for case_id, _ in found]
            sent = [(await tx.history.of_case(case_id))[0].at for case_id, _ in found]
        listed = sorted(
            ((at, view) for at, view in zip(sent, views, strict=True) if view is not None),
            key=lambda one: (one[0], one[1].public_id),
            reverse=True,
        )
        return tuple(
            [
                OwnLine(own_line(view, at), await self._lists.seal_pass(visitor, view.id))
                for at, view in listed
            ]
        )

    async def last_call(self, visitor: Visitor) -> OwnLine | None:
        """The way back to this visit's newest call for help: it runs, or others ended it lately.

        Its page says how it ended, and takes "I still need help". Nobody is asked by a look at it.
        """
        caller = caller_of(self._work, visitor)
        async with self._work.storage.read() as tx:
            case = await newest_call(self._work, tx, caller)
            if case is None:
                return None
            body = await body_of(tx, case.id)
            called = (await tx.history.of_case(case.id))[0].at
        if body is None:
            return None
        day = on_day(called, site_by(self._work, body).zone)
        line = call_line(case.public_id, day)
        return OwnLine(line, await self._lists.seal_pass(visitor, case.id))

    async def by_receipt(self, visitor: Visitor, typed: str) -> str | None:
        """A pass to the case of this receipt, or None.

        Wrong numbers make every later wrong number slower, for everybody together; a right
        one is answered at once, so that no guesser can lock the owner out.
        """
        receipt = read_receipt(typed)
        if receipt is not None:
            async with self._work.storage.read() as tx:
                case = await tx.cases.by_receipt(self._work.index.receipt_mac(receipt))
            if case is not None:
                return await self._lists.seal_pass(visitor, case.id)
        await asyncio.sleep(self._penalty_seconds())
        return None

    def _penalty_seconds(self) -> float:
        now = self._work.clock.now()
        while self._failures and now - self._failures[0] > FAILURES_WINDOW:
            self._failures.popleft()
        self._failures.append(now)
        return min(SLOWEST_SECONDS, 0.01 * (len(self._failures) - 1))

    async def _show(self, visitor: Visitor, case_id: str) -> OwnCase | None:
        async with self._work.storage.read() as tx:
            view = await view_case(self._work, tx, case_id, Reader.OWN_PAGE)
            mine = await own_reports(self._work, tx, visitor.push)
            if view is not None:
                view = replace(
                    view,
                    care_asked_at=await care_asked_at(self._work, tx, case_id),
                    had_by_desk=await _was_delivered(tx, view),
                )
            if view is not None and visitor.person_id is not None:
                view = await _with_own_desk(self._work, tx, view, visitor.person_id)
        if view is None:
            return None
        is_call = view.report is None
        card = _card(self._work.policy, view, visitor)
        called = view.duty(DutyKind.SECOND_PERSON) if is_call else None
        calling = called is not None and not called.over
        listed = any(found == case_id for found, _ in mine)
        elsewhere = calling and len(self._work.company.sites) > 1
        return OwnCase(case_id, view.public_id, card, is_call, calling, elsewhere, listed)


async def _was_delivered(tx: Transaction, view: CaseView) -> bool:
    """Whether a report that was taken back ever was in a desk's channel: on its way to another
    desk it stands in none, and people of the first may have opened it."""
    if view.state != CaseState.WITHDRAWN:
        return False
    return any(line.fact == "delivered" for line in await tx.history.of_case(view.id))


async def _own_desk(work: Work, tx: Transaction, case_id: str, person_id: str) -> Exclusion | None:
    """Who is kept out of a case at a desk that is this person alone; None where somebody else is
    there, or somebody has taken it."""
    body, me = await body_of(tx, case_id), work.directory.id_now(person_id)
    take = first_of(await tx.duties.of_case(case_id), DutyKind.TAKE)
    if body is None or (take is not None and take.state is DutyState.DONE):
        return None
    out = await exclusion_in(tx, case_id, body)
    desk = desk_of(work, out)
    alone = desk is not None and [each.id for each in work.directory.members(desk)] == [me]
    return out if alone else None


async def _with_own_desk(work: Work, tx: Transaction, view: CaseView, person_id: str) -> CaseView:
    """Whoever is all of the desk is told of nobody there. Known from who looks, not from the case:
    it keeps no more for it."""
    out, me = await _own_desk(work, tx, view.id, person_id), work.directory.id_now(person_id)
    if out is None:
        return view
    steps = work.policy.ladders.take.steps
    outside = dict.fromkeys(role for step in steps for role in step.roles if role not in AT_DESK)
    others = tuple(
        role
        for role in outside
        if any(
            person.id != me and not out.covers(person)
            for person in work.directory.holders(role, view.site.id)
        )
    )
    return replace(view, own_desk=True, asked_after_desk=others)


def _card(policy: Policy, view: CaseView, visitor: Visitor) -> Card:
    """A call with what its callers are told of themselves, or a report."""
    if view.report is not None:
        return reporter_card(policy, view)
    return caller_card(policy, view, by_name=bool(visitor.person_id or visitor.name))
