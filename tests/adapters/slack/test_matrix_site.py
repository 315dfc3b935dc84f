"""Who may answer for a site, in each state of what it owes: written down and pressed through."""

from dataclasses import replace

import pytest

from bot.call_ends import CallEnd, end_help
from bot.help_calls import call_help
from bot.work_records import DutyState
from flows.presses import DESK_VERBS, SITE_VERBS, Press, Verb
from tests.adapters.slack.actors import ACTORS, comes, presses
from tests.adapters.slack.office import DESK, SHINJUKU, Office
from tests.adapters.slack.walks import a_report, calls_for_help

ANSWERS = {Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT}
COME = {*ANSWERS, Verb.HERE}
SITE_TABLE: dict[str, set[Verb]] = {
    "called": COME,
    "coming": {Verb.TAKE_OVER, Verb.HERE, Verb.CANNOT},
    "there": {Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT, Verb.OVER},
    "over": set(),
    # That they arrange it only the desk's own messages offer.
    "care": {*ANSWERS, Verb.ARRANGES, Verb.CARED},
    "cared": set(),
}
"""What changes something at a site: of a call for help, of one that the same person said they
come to, or are at; of one that is over; of care that is owed, and of care that a manager said was
given."""
BEFORE = {"coming": Verb.COMING, "there": Verb.HERE}


async def in_state(office: Office, state: str) -> str:
    """The id of a duty that stands like this."""
    work = office.service.work
    office.slack.enforces_rates = False
    if state in ("care", "cared"):
        filed = await a_report(office, site_may_know=True)
    else:
        filed = await call_help(work, "shinjuku", work.entropy.bytes(16), "ja")
        office.cases.append(filed.case_id)
    kind = "care" if state in ("care", "cared") else "second_person"
    async with work.storage.write() as tx:
        if state == "over":
            await end_help(work, tx, filed.case_id, CallEnd.MISTAKE)
        (duty,) = (d for d in await tx.duties.of_case(filed.case_id) if d.kind == kind)
        if state == "cared":
            await tx.duties.save(replace(duty, state=DutyState.SAID_DONE))
    return duty.id


def press_on(duty_id: str, verb: Verb) -> Press:
    return Press(verb=verb, subject=duty_id, detail="2" if verb is Verb.COMING else "")


@pytest.mark.parametrize("state", SITE_TABLE)
async def test_at_a_site_each_may_do_what_the_table_says(office: Office, state: str) -> None:
    duty_id = await in_state(office, state)
    for actor in sorted(ACTORS, key=lambda actor: actor.site):
        for verb in sorted(SITE_VERBS):
            expected = actor.site and verb in SITE_TABLE[state]
            if actor.site:  # what they did before is not what this is about
                duty_id = await in_state(office, state)
            person = comes(office, actor, SHINJUKU)
            if state in BEFORE:
                await presses(office, person, SHINJUKU, press_on(duty_id, BEFORE[state]))
            changed = await presses(office, person, SHINJUKU, press_on(duty_id, verb))
            assert changed is expected, (actor.what, verb, state)


async def test_the_sites_verbs_do_nothing_at_the_desk_and_the_desks_nothing_at_a_site(
    office: Office,
) -> None:
    case_id = (await a_report(office)).case_id
    await calls_for_help(office)
    sato, tanaka = comes(office, ACTORS[0], DESK), comes(office, ACTORS[2], SHINJUKU)
    for verb in (Verb.COMING, Verb.CARED, Verb.WITHDRAW, Verb.WRITE, Verb.CARE_HAPPENED):
        assert not await presses(office, sato, DESK, Press(verb=verb, subject=case_id))
    for verb in (*DESK_VERBS, Verb.WITHDRAW):
        assert not await presses(office, tanaka, SHINJUKU, Press(verb=verb, subject=case_id))
