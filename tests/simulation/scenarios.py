"""Short scripts of people, each for one thing that the service does for them."""

from collections.abc import Awaitable, Callable

from bot.desk import OpenedCase, open_details
from flows.presses import Press, Verb
from tests.simulation.client import Client
from tests.simulation.crash_stage import NotOffered, Reporter, Stage
from tests.simulation.desks import CHANNEL, REPLY
from tests.simulation.ledger import Reach
from tests.simulation.presses import Presser

THINKS = 20.0
"""Seconds between what people see and what they do."""

Script = Callable[[Stage], Awaitable[None]]


async def report(stage: Stage) -> None:
    """An employee reports, with their name; the desk and the site see it."""
    reporter = await stage.employee(visibility="n", site_may_know="y")
    await stage.offered(CHANNEL, Verb.TAKE)
    await stage.offered(reporter.begun.site_id, Verb.TAKE_OVER)


async def anonymous(stage: Stage) -> None:
    """An employee reports without a name; it waits, then the desk sees it."""
    await stage.employee(visibility="u", site_may_know="n", leaving="later")
    await stage.offered(CHANNEL, Verb.TAKE)


async def help_now(stage: Stage) -> None:
    """An employee calls; people are alerted in the channel and directly."""
    await _called(stage)


async def _called(stage: Stage) -> Reporter:
    caller = await stage.employee("help")
    site = caller.begun.site_id
    await stage.offered(site, Verb.COMING)
    await stage.told(f"m{site}", f"d{site}")
    return caller


async def take(stage: Stage) -> None:
    """Somebody at the desk takes a report."""
    await report(stage)
    stage.begins()
    await _presses_at_desk(stage, Verb.TAKE)


async def acknowledge(stage: Stage) -> None:
    """Two people answer a call: somebody is on the way."""
    caller = await _called(stage)
    stage.begins()
    site = caller.begun.site_id
    for person in (f"m{site}", f"d{site}"):
        await _presses(stage, person, site, Verb.COMING)


async def climb(stage: Stage) -> None:
    """Nobody answers a call, rung after rung, until the desk is told."""
    await _called(stage)
    stage.begins()
    await stage.told("takahashi")
    await stage.told("watanabe")
    await stage.offered(CHANNEL, Verb.TAKE)


async def care_refused(stage: Stage) -> None:
    """A manager says that care was given, the employee says not yet: the next rung is asked."""
    reporter = await stage.employee(visibility="n", site_may_know="y")
    site = reporter.begun.site_id
    await stage.offered(site, Verb.TAKE_OVER)
    stage.begins()
    await _presses(stage, f"m{site}", site, Verb.TAKE_OVER)
    await _presses(stage, f"m{site}", site, Verb.CARED)
    await reporter.presses(Verb.CARE_NOT_YET)
    await stage.alerted(site, "takahashi")


async def close(stage: Stage) -> None:
    """The desk does what it owes, the employee says that care happened, the case is closed."""
    reporter = await stage.employee(visibility="n", site_may_know="n")
    await stage.offered(CHANNEL, Verb.TAKE)
    stage.begins()
    await _closes(stage, reporter)
    _one(await _opens(stage, reporter), Verb.REOPEN)


async def reopen(stage: Stage) -> None:
    """A closed case is taken up again."""
    reporter = await stage.employee(visibility="n", site_may_know="n")
    await _closes(stage, reporter)
    stage.begins()
    opened = await _opens(stage, reporter)
    await stage.person("sato").press(CHANNEL, _one(opened, Verb.REOPEN))


async def withdraw(stage: Stage) -> None:
    """The employee withdraws a report, and then wants it back."""
    reporter = await stage.employee(visibility="n", site_may_know="y")
    await stage.offered(CHANNEL, Verb.TAKE)
    await stage.offered(reporter.begun.site_id, Verb.TAKE_OVER)
    stage.begins()
    await reporter.presses(Verb.WITHDRAW)
    await stage.person("sato").wait(THINKS)
    await reporter.presses(Verb.RESUME)


SCENARIOS: dict[str, Script] = {
    "report": report,
    "anonymous": anonymous,
    "help_now": help_now,
    "take": take,
    "acknowledge": acknowledge,
    "climb": climb,
    "care_refused": care_refused,
    "close": close,
    "reopen": reopen,
    "withdraw": withdraw,
}


# --- what the desk and managers do ---------------------------------------------------------------


async def _presses(stage: Stage, person: str, channel: str, verb: Verb) -> None:
    """Sees a button in a channel, thinks, and presses it."""
    presser = stage.person(person)
    press = await stage.offered(channel, verb)
    await presser.wait(THINKS)
    await presser.press(channel, press)


async def _presses_at_desk(stage: Stage, verb: Verb) -> None:
    await _presses(stage, "sato", CHANNEL, verb)


async def _opens(stage: Stage, reporter: Reporter) -> OpenedCase:
    """Opens the details, which is logged, and reads them."""
    presser, case_id = stage.person("mori"), reporter.begun.case_id or ""
    await presser.press(CHANNEL, Press(verb=Verb.DETAILS, subject=case_id))
    client = Client(stage.world, presser.chance)
    opened = await client.send(Reach(), lambda doors: open_details(doors.work, case_id))
    if opened is None:
        raise NotOffered(Verb.DETAILS)
    return opened


def _one(opened: OpenedCase, verb: Verb) -> Press:
    for button in opened.ending:
        if button.press.verb is verb:
            return button.press
    raise NotOffered(verb)


async def _closes(stage: Stage, reporter: Reporter) -> None:
    await _presses_at_desk(stage, Verb.TAKE)
    presser = stage.person("sato")
    opened = await _opens(stage, reporter)
    for line in opened.duties:
        done = [b.press for b in line.buttons if b.press.verb is Verb.DUTY_DONE]
        for press in done:
            await presser.press(CHANNEL, press)
    await reporter.presses(Verb.CARE_HAPPENED)
    await _writes(presser, opened)
    await presser.press(CHANNEL, _one(await _opens(stage, reporter), Verb.CLOSE))


async def _writes(presser: Presser, opened: OpenedCase) -> None:
    """Tells the outcome, notes a measure, and takes one step towards the customer."""
    buttons = [compose.also or compose.button for compose in opened.composes]
    for button in [*buttons, *opened.responses[:1]]:
        words = "" if button.press.verb is Verb.RESPOND else REPLY
        await presser.press(CHANNEL, button.press, words)
