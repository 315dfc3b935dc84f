"""Who may do what on which case: the whole table, written down and pressed through.

A press of somebody who may not changes nothing, opens nothing, and is answered alike
whatever the case is.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.duties import press_in_channel
from bot.help_calls import call_help, end_help
from bot.records import CaseState, DutyState
from bot.rows import end_duty
from flows.presses import Press, Verb
from tests.adapters.slack.office import COMPANY, DESK, SHINJUKU, TEAM, Office, an_office, said
from tests.adapters.slack.walks import a_report, calls_for_help
from tests.fake_slack import Message, Person, User


@dataclass(frozen=True)
class Actor:
    """Somebody who presses on a card of a channel."""

    what: str
    id: str
    desk: bool = False
    """May act at the desk."""
    site: bool = False
    """May act at the site."""
    present: bool = True
    """Is in the channel at that moment."""
    flags: tuple[str, ...] = ()
    team: str = TEAM


ACTORS = (
    Actor("a desk member", "U0SATO", desk=True),
    Actor("the desk's lead", "U0MORI", desk=True),
    Actor("the site's manager", "U0TANAKA", site=True),
    Actor("the site's deputy", "U0YAMAMOTO", site=True),
    Actor("the area's manager", "U0TAKAHASHI", site=True),
    Actor("another site's manager", "U0ITO"),
    Actor("a desk member who left the channel", "U0SUZUKI", present=False),
    Actor("an employee in the channel", "U0HANAKO"),
    Actor("an employee outside it", "U0JOHN", present=False),
    Actor("somebody on no list", "U0NOBODY"),
    Actor("a guest", "U0GUEST", flags=("restricted",)),
    Actor("a guest of one channel", "U0SINGLE", flags=("ultra_restricted",)),
    Actor("a stranger of a shared channel", "U0STRANGER", flags=("stranger",)),
    Actor("an account that was deactivated", "U0GONE", flags=("deleted",)),
    Actor("a bot", "U0ROBOT", flags=("bot",)),
    Actor("somebody of another workspace", "U0ABROAD", team="T0OTHER"),
    Actor("a desk member from another workspace", "U0SATO", team="T0OTHER"),
    Actor("the site's manager, deactivated", "U0TANAKA", flags=("deleted",)),
)

DESK_TABLE: dict[str, set[Verb]] = {
    "open": {Verb.TAKE, Verb.DETAILS, Verb.DUTY_DONE},
    "taken": {Verb.DETAILS, Verb.DUTY_DONE},
    "withdrawn": {Verb.DETAILS},
    "closed": {Verb.DETAILS, Verb.REOPEN},
}
"""What changes something at the desk, in each state of a case; anything else is too late."""
DESK_PRESSES = (Verb.TAKE, Verb.DUTY_DONE, Verb.REOPEN, Verb.DETAILS)

SITE_TABLE: dict[str, set[Verb]] = {
    "called": {Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT},
    "over": set(),
}
SITE_PRESSES = (Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT)


def comes(office: Office, actor: Actor, channel: str) -> Person:
    """The actor as they are at the moment of the press."""
    space = office.slack.space
    user = User(actor.id, actor.id[2:].title(), actor.team)
    names = {"restricted", "ultra_restricted", "stranger", "deleted", "bot"}
    space.add_user(replace(user, **{flag: True for flag in names & set(actor.flags)}))
    members = space.channels[channel].members
    members.add(actor.id) if actor.present else members.discard(actor.id)
    person = Person(office.slack, actor.id)
    person.team = actor.team
    return person


async def lines(office: Office) -> int:
    """How long the history of the newest case is."""
    async with office.service.work.storage.read() as tx:
        return len(await tx.history.of_case(office.cases[-1]))


async def presses(office: Office, person: Person, room: str, press: Press) -> bool:
    """Whether a press changed a history; what may not be done opens nothing either."""
    before = await lines(office)
    value = office.service.work.index.seal_press(press, f"slack:{room}")
    button = {"type": "button", "action_id": "press.card.0", "block_id": "b", "value": value}
    card = Message("1.1", room, "U0MAMORI", "", [])
    assert (await person.acts_in(card, button)).status == 200
    changed = await lines(office) != before
    assert changed or not person.has_modal
    person.closes()
    return changed


async def an_open_case(office: Office) -> tuple[str, str]:
    """The id of a case, and of a duty of it that the desk ends."""
    office.slack.enforces_rates = False  # more presses than a minute has
    filed = await a_report(office)
    async with office.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(filed.case_id)
    return filed.case_id, next(duty.id for duty in duties if duty.kind == "fact_check")


async def _by_sato(office: Office, verb: Verb, subject: str) -> None:
    code = office.service.work.index.seal_press(Press(verb=verb, subject=subject), f"slack:{DESK}")
    await press_in_channel(office.service.work, f"slack:{DESK}", code, "sato", "")


async def in_state(office: Office, state: str) -> tuple[str, str]:
    case_id, duty_id = await an_open_case(office)
    work = office.service.work
    if state == "taken":
        await _by_sato(office, Verb.TAKE, case_id)
    elif state in ("closed", "withdrawn"):
        async with work.storage.write() as tx:
            for duty in await tx.duties.of_case(case_id):
                await end_duty(tx, duty, DutyState.DONE, work.clock.now())
            await tx.cases.set_state(case_id, CaseState(state))
    return case_id, duty_id


@pytest.mark.parametrize("state", DESK_TABLE)
async def test_at_the_desk_each_may_do_what_the_table_says(office: Office, state: str) -> None:
    actors = sorted(ACTORS, key=lambda actor: actor.desk)
    for actor in actors:
        for verb in DESK_PRESSES:
            case_id, duty_id = await in_state(office, state)
            person = comes(office, actor, DESK)
            subject = duty_id if verb is Verb.DUTY_DONE else case_id
            changed = await presses(office, person, DESK, Press(verb=verb, subject=subject))
            expected = actor.desk and verb in DESK_TABLE[state]
            assert changed is expected, (actor.what, verb, state)


@pytest.mark.parametrize("state", SITE_TABLE)
async def test_at_a_site_each_may_do_what_the_table_says(office: Office, state: str) -> None:
    for actor in sorted(ACTORS, key=lambda actor: actor.site):
        for verb in SITE_PRESSES:
            office.cases.clear()
            duty_id = await a_call(office, over=state == "over")
            person = comes(office, actor, SHINJUKU)
            detail = "2" if verb is Verb.COMING else ""
            press = Press(verb=verb, subject=duty_id, detail=detail)
            changed = await presses(office, person, SHINJUKU, press)
            expected = actor.site and verb in SITE_TABLE[state]
            assert changed is expected, (actor.what, verb, state)


async def a_call(office: Office, *, over: bool) -> str:
    work = office.service.work
    office.slack.enforces_rates = False
    secret = work.entropy.bytes(16)
    filed = await call_help(work, "shinjuku", secret, "ja")
    office.cases.append(filed.case_id)
    async with work.storage.read() as tx:
        (duty,) = await tx.duties.of_case(filed.case_id)
    if over:
        async with work.storage.write() as tx:
            await end_help(work, tx, filed.case_id, mistaken=True)
    return duty.id


async def test_with_a_desk_channel_that_is_none_everybody_is_denied(
    tmp_path: Path, quick: None
) -> None:
    company = tmp_path / "company.yaml"
    company.write_text(COMPANY.read_text("utf-8").replace("C0DESK", "C0NONE"), "utf-8")
    async with an_office(tmp_path, company=company) as office:
        filed = await a_report(office)
        for actor in ACTORS:
            person = comes(office, actor, DESK)
            for room in (DESK, "C0NONE"):
                for verb in (Verb.TAKE, Verb.DETAILS):
                    press = Press(verb=verb, subject=filed.case_id)
                    assert not await presses(office, person, room, press), (actor.what, verb)


async def test_who_may_not_is_answered_alike_for_a_case_that_is_there_and_one_that_is_not(
    office: Office,
) -> None:
    case_id, _ = await an_open_case(office)
    eve = comes(office, ACTORS[9], DESK)
    for subject in (case_id, "0" * 32):
        await presses(office, eve, DESK, Press(verb=Verb.DETAILS, subject=subject))
    assert eve.told_only_me() == [said("ja", "press.not_yours")] * 2


async def test_the_sites_verbs_do_nothing_at_the_desk_and_the_desks_nothing_at_a_site(
    office: Office,
) -> None:
    case_id, _ = await an_open_case(office)
    await calls_for_help(office)
    sato, tanaka = comes(office, ACTORS[0], DESK), comes(office, ACTORS[2], SHINJUKU)
    for verb in (Verb.COMING, Verb.CARED, Verb.WITHDRAW, Verb.WRITE, Verb.CARE_HAPPENED):
        assert not await presses(office, sato, DESK, Press(verb=verb, subject=case_id))
    for verb in (*DESK_PRESSES, Verb.CLOSE, Verb.REPLY, Verb.WITHDRAW):
        assert not await presses(office, tanaka, SHINJUKU, Press(verb=verb, subject=case_id))
