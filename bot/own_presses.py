"""A press on the page of the person who called for help or reported."""

from bot.aftercare import check_in, wish_to_talk
from bot.call_ends import CallEnd, end_help
from bot.case_records import Author
from bot.case_work import Work
from bot.help_calls import name_place, still_needed
from bot.inbox import is_repeated
from bot.links import Errand, For, new_link
from bot.own_care import say_of_care
from bot.own_over import say_over
from bot.ports import Transaction
from bot.pressed import ALREADY, CALLED_AGAIN, PLACED, RECORDED, UNKNOWN, Pressed
from bot.return_address import stop_writing
from bot.running_calls import hold_visit
from bot.talks import write
from bot.withdrawals import resume, send_now, withdraw
from flows.phrases import say
from flows.presses import OWN_VERBS, Press, Verb


async def press_on_own_page(
    work: Work,
    case_id: str,
    code: str,
    words: str = "",
    delivery: bytes | None = None,
    caller: bytes | None = None,
) -> Pressed:
    """What a press does on the page of the person who called for help or reported.

    `delivery` names this one press: brought again, it has no second effect. `caller`: the visit,
    as a keyed hash, which comes back to a call that it calls again.
    """
    press = work.index.open_press(code, case_id)
    if press is None or press.verb not in OWN_VERBS:
        return UNKNOWN
    async with work.storage.write() as tx:
        calls = press.verb is Verb.STILL_NEEDED
        if calls and caller is not None:
            await hold_visit(work, tx, caller)
        await tx.cases.lock(case_id)
        if await is_repeated(work, tx, delivery):
            return ALREADY
        if calls:
            again = await still_needed(work, tx, case_id, caller)
            return CALLED_AGAIN if again else ALREADY
        return await _carry_out(work, tx, case_id, press, words)


async def _carry_out(
    work: Work, tx: Transaction, case_id: str, press: Press, words: str
) -> Pressed:
    match press.verb:
        case Verb.WRITE:
            return await write(work, tx, case_id, Author.REPORTER, words)
        case Verb.CHECKED_IN:
            return await check_in(work, tx, case_id, press.subject, press.detail)
        case Verb.WISH_TO_TALK:
            return await wish_to_talk(work, tx, case_id)
        case Verb.CARE_HAPPENED | Verb.CARE_NOT_YET | Verb.CARE_UNDONE:
            return await say_of_care(work, tx, case_id, press)
        case Verb.SAFE_NOW:
            return await say_over(work, tx, case_id, press.subject)
        case Verb.ADD_FILES:
            link = await new_link(work, tx, Errand(For.ADD, case_id))
            return Pressed(say("file.link"), True, link)
        case Verb.WITHDRAW | Verb.RESUME | Verb.SEND_NOW | Verb.STOP_WRITING:
            return await _ON_REPORT[press.verb](work, tx, case_id)
        case Verb.PLACE:
            return PLACED if await name_place(work, tx, case_id, press.detail) else UNKNOWN
        case _:
            how = CallEnd.MISTAKE if press.verb is Verb.MISTAKE else CallEnd.OVER
            return RECORDED if await end_help(work, tx, case_id, how) else ALREADY


_ON_REPORT = {
    Verb.WITHDRAW: withdraw,
    Verb.RESUME: resume,
    Verb.SEND_NOW: send_now,
    Verb.STOP_WRITING: stop_writing,
}
"""What somebody decides about their report as a whole."""
