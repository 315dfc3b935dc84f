"""Who may do what on which case: the whole table, written down and pressed through.

A press of somebody who may not changes nothing, opens nothing, and is answered alike
whatever the case is.
"""

from pathlib import Path

import pytest

from adapters.slack.composing import compose_block, composed
from adapters.slack.render import DETAILS
from adapters.slack.screens import Kept
from bot.bursts import FOLD_FROM
from bot.case_records import CaseState
from bot.duties import press_in_channel
from bot.rows import end_duty
from bot.work_records import DutyState
from flows.outcomes import Visibility
from flows.presses import DESK_VERBS, Press, Verb
from tests.adapters.slack.actors import ACTORS, comes, lines, presses
from tests.adapters.slack.office import COMPANY, DESK, Office, an_office, said
from tests.adapters.slack.walks import a_report
from tests.fake_slack import Message, Person

ALWAYS = {Verb.DETAILS, Verb.REPLY, Verb.MEASURE, Verb.RESPOND}
DESK_TABLE: dict[str, set[Verb]] = {
    "kept": set(),
    "open": {*ALWAYS, Verb.TELL_OUTCOME, Verb.TAKE, Verb.DUTY_DONE, Verb.NOT_NEEDED},
    "taken": {*ALWAYS, Verb.TELL_OUTCOME, Verb.DUTY_DONE, Verb.NOT_NEEDED},
    "done": {*ALWAYS, Verb.TELL_OUTCOME, Verb.CLOSE, Verb.NOT_DONE},
    "withdrawn": {*ALWAYS, Verb.TELL_OUTCOME},
    "closed": {*ALWAYS, Verb.TELL_OUTCOME, Verb.REOPEN},
}
"""What changes something at the desk, in each state of a case; anything else is too late."""
ON_DUTY = {
    Verb.DUTY_DONE: "fact_check",
    Verb.NOT_NEEDED: "next_contact",
    Verb.NOT_DONE: "fact_check",
}
"""The presses that act on a duty, and on which."""
ON_CASE = tuple(sorted(DESK_VERBS - {Verb.OPEN_NEXT}))
ON_CARDS = {Verb.TAKE, Verb.DETAILS, Verb.DUTY_DONE, Verb.REOPEN}
"""What stands on a card of the channel too."""


async def presses_in_details(
    office: Office, person: Person, case_id: str, press: Press, *, reads: bool
) -> bool:
    """The same from a modal that carries what one of the case's details carries, with words
    typed into it. Who may not read them is shown nothing."""
    before = await lines(office)
    index, address = office.service.work.index, f"slack:{DESK}"
    opened = index.seal_press(Press(verb=Verb.DETAILS, subject=case_id), address)
    field = {"type": "plain_text_input", "action_id": f"t.{composed('0')}"}
    label = {"type": "plain_text", "text": "w"}
    button = {"type": "button", "action_id": "write.0.0", "text": {**label, "text": "x"}}
    shown = {
        "type": "modal",
        "callback_id": DETAILS,
        "title": label,
        "submit": label,
        "private_metadata": Kept("ja", channel=DESK, opened=opened).pack(),
        "blocks": [
            {
                "type": "input",
                "block_id": compose_block("0", Kept("ja")),
                "label": label,
                "element": field,
            },
            {
                "type": "actions",
                "block_id": "b",
                "elements": [{**button, "value": index.seal_press(press, address)}],
            },
        ],
    }
    view = office.slack.space.open_view(person.id, shown, push=False)
    person.types("w", "words")
    stood = view.hash
    assert (await person.taps("x")).status == 200
    if person.modal is not view:  # why nothing came of it is laid over the details
        office.slack.space.stacks[person.id].pop()
    if press.verb is Verb.REPLY and await lines(office) == before and view.hash == stood:
        assert (await person.submits()).status == 200  # by the modal's own button too
    changed = await lines(office) != before
    assert reads or said("ja", "details.words") not in view.read
    person.closes()
    return changed


async def in_state(office: Office, state: str) -> str:
    """The id of a case that stands like this."""
    work = office.service.work
    office.slack.enforces_rates = False  # more presses than a minute has
    hidden: dict[str, object] = {"visibility": Visibility.UNNAMED, "send_now": False}
    filed = await a_report(office, **(hidden if state == "kept" else {}), reporter="suzuki")
    if state == "taken":
        press = Press(verb=Verb.TAKE, subject=filed.case_id)
        code = work.index.seal_press(press, f"slack:{DESK}")
        await press_in_channel(work, f"slack:{DESK}", code, "sato", "")
    elif state in ("done", "closed", "withdrawn"):
        async with work.storage.write() as tx:
            for duty in await tx.duties.of_case(filed.case_id):
                await end_duty(tx, duty, DutyState.DONE, work.clock.now())
            if state != "done":
                await tx.cases.set_state(filed.case_id, CaseState(state))
    return filed.case_id


async def press_on(office: Office, case_id: str, verb: Verb) -> Press:
    """A press on a case, or on the duty of it that this verb is about."""
    if verb not in ON_DUTY:
        detail = "warn" if verb is Verb.RESPOND else ""
        return Press(verb=verb, subject=case_id, detail=detail)
    async with office.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case_id)
    about = (duty.id for duty in duties if duty.kind == ON_DUTY[verb])
    return Press(verb=verb, subject=next(about, "0" * 32))


@pytest.mark.parametrize("state", DESK_TABLE)
async def test_at_the_desk_each_may_do_what_the_table_says(office: Office, state: str) -> None:
    case_id = await in_state(office, state)
    for actor in sorted(ACTORS, key=lambda actor: actor.desk):
        for verb in ON_CASE:
            if actor.desk and verb in DESK_TABLE[state]:
                case_id = await in_state(office, state)
            person, press = comes(office, actor, DESK), await press_on(office, case_id, verb)
            expected = actor.desk and verb in DESK_TABLE[state]
            reads = actor.desk and state != "kept"
            changed = await presses_in_details(office, person, case_id, press, reads=reads)
            assert changed is expected, (actor.what, verb, state)
            if verb in ON_CARDS and not expected:
                assert not await presses(office, person, DESK, press), (actor.what, verb, state)


@pytest.mark.parametrize("state", DESK_TABLE)
async def test_the_card_itself_obeys_the_same_table(office: Office, state: str) -> None:
    for actor in (actor for actor in ACTORS if actor.desk):
        for verb in ON_CARDS & DESK_TABLE[state]:
            press = await press_on(office, await in_state(office, state), verb)
            assert await presses(office, comes(office, actor, DESK), DESK, press), (verb, state)


async def test_only_the_desk_opens_the_next_cases_of_a_running_list(office: Office) -> None:
    office.slack.enforces_rates = False
    for _ in range(FOLD_FROM + 1):
        await a_report(office)
    await office.settles()
    async with office.service.work.storage.read() as tx:
        running = await tx.cards.newest_list(f"slack:{DESK}")
    assert running is not None
    index = office.service.work.index
    value = index.seal_press(Press(verb=Verb.OPEN_NEXT, subject=running.id), f"slack:{DESK}")
    button = {"type": "button", "action_id": "press.card.0", "block_id": "b", "value": value}
    others = (actor for actor in ACTORS if "sent the report" not in actor.what)
    for actor in sorted(others, key=lambda actor: actor.desk):
        person = comes(office, actor, DESK)
        await person.acts_in(Message("1.1", DESK, "U0MAMORI", "", []), button)
        allowed = person.told_only_me()[-1:] == [said("ja", "press.recorded")]
        assert allowed is actor.desk, actor.what


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
                for verb in (Verb.TAKE, Verb.DETAILS, Verb.REPLY, Verb.CLOSE):
                    press = Press(verb=verb, subject=filed.case_id)
                    assert not await presses(office, person, room, press), (actor.what, verb)


async def test_who_may_not_is_answered_alike_for_a_case_that_is_there_and_one_that_is_not(
    office: Office,
) -> None:
    case_id = await in_state(office, "open")
    eve = comes(office, ACTORS[10], DESK)
    for subject in (case_id, "0" * 32):
        await presses(office, eve, DESK, Press(verb=Verb.DETAILS, subject=subject))
    assert eve.told_only_me() == [said("ja", "press.not_yours")] * 2
