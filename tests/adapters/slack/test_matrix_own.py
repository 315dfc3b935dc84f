"""Who may press on the page of one's own case: whoever it was opened for, and nobody else.

Everybody else holds the very same view, as if they had copied it from the other's screen.
"""

from dataclasses import replace

import pytest

from adapters.slack.composing import composed
from adapters.slack.inbound import Source
from adapters.slack.render import CASE
from adapters.slack.screens import Kept
from bot.call_ends import CallEnd, end_help, question_call
from bot.case_records import CaseState
from bot.help_calls import call_help
from bot.sealed_lists import SealedLists
from bot.withdrawals import withdraw
from flows.outcomes import Visibility
from flows.presses import OWN_VERBS, Press, Verb
from tests.adapters.slack.actors import ACTORS, Actor, comes, lines
from tests.adapters.slack.office import DESK, TEAM, Office
from tests.adapters.slack.walks import a_report

OWNER = Actor("who it was opened for", "U0OWNER")
OTHERS = (*ACTORS, Actor("the same account of another workspace", "U0OWNER", team="T0OTHER"))

CARE = {Verb.CARE_HAPPENED, Verb.CARE_NOT_YET}
OWN_TABLE: dict[str, set[Verb]] = {
    "kept": {Verb.WRITE, Verb.WITHDRAW, Verb.SEND_NOW},
    "open": {Verb.WRITE, Verb.WITHDRAW, Verb.WISH_TO_TALK, *CARE},
    "asked": {Verb.WRITE, Verb.WITHDRAW, Verb.WISH_TO_TALK, *CARE, Verb.CHECKED_IN},
    "withdrawn": {Verb.WRITE, Verb.RESUME, Verb.WISH_TO_TALK},
    "closed": {Verb.WRITE, Verb.WISH_TO_TALK, *CARE},
    "called": {Verb.PLACE, Verb.FINE_NOW, Verb.MISTAKE},
    "last question": {Verb.PLACE, Verb.FINE_NOW, Verb.MISTAKE, Verb.STILL_NEEDED},
    "over": {Verb.PLACE, Verb.STILL_NEEDED},
}
"""What changes something for whoever the case is, in each state of it."""
CALLS = ("called", "last question", "over")
ON_CALLS = {Verb.PLACE, Verb.FINE_NOW, Verb.MISTAKE, Verb.STILL_NEEDED}
ON_DUTY = {Verb.CARE_HAPPENED: "care", Verb.CARE_NOT_YET: "care", Verb.CHECKED_IN: "check_in"}
ON_REPORTS = OWN_VERBS - ON_CALLS
WORDS = {Verb.CHECKED_IN: "well", Verb.PLACE: "reg"}


async def in_state(office: Office, state: str) -> str:
    """The id of a case that stands like this."""
    work = office.service.work
    office.slack.enforces_rates = False
    if state in CALLS:
        filed = await call_help(work, "shinjuku", work.entropy.bytes(16), "ja")
        office.cases.append(filed.case_id)
        if state == "last question":
            async with work.storage.write() as tx:
                await question_call(work, tx, filed.case_id, work.clock.now())
    else:
        hidden: dict[str, object] = {"visibility": Visibility.UNNAMED, "send_now": False}
        filed = await a_report(office, **(hidden if state == "kept" else {}))
    async with work.storage.write() as tx:
        if state == "asked":
            for duty in await tx.duties.of_case(filed.case_id):
                await tx.duties.save(replace(duty, step=0))
        elif state == "over":
            await end_help(work, tx, filed.case_id, CallEnd.MISTAKE)
        elif state == "withdrawn":
            await withdraw(work, tx, filed.case_id)
        elif state == "closed":
            await tx.cases.set_state(filed.case_id, CaseState.CLOSED)
    return filed.case_id


async def press_on(office: Office, case_id: str, verb: Verb) -> Press:
    """A press on a case, or on the duty of it that this verb is about."""
    async with office.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case_id)
    about = (duty.id for duty in duties if duty.kind == ON_DUTY.get(verb))
    subject = next(about, "0" * 32) if verb in ON_DUTY else case_id
    return Press(verb=verb, subject=subject, detail=WORDS.get(verb, ""))


async def presses(office: Office, actor: Actor, case_id: str, press: Press) -> bool:
    """Whether a press on the owner's view changed a history, in the hands of this person."""
    work = office.service.work
    before, index = await lines(office), work.index
    lists = SealedLists(work.storage, work.clock, work.entropy)
    owner = await office.site.presses.talks.visitor(Source(TEAM, OWNER.id))
    kept = Kept("ja", pass_token=await lists.seal_pass(owner, case_id))
    label = {"type": "plain_text", "text": "w"}
    field = {"type": "plain_text_input", "action_id": f"t.{composed('0')}"}
    button = {"type": "button", "action_id": "press.0", "text": {**label, "text": "x"}}
    shown = {
        "type": "modal",
        "callback_id": CASE,
        "title": label,
        "submit": label,
        "private_metadata": kept.pack(),
        "blocks": [
            {"type": "input", "block_id": "w", "label": label, "element": field},
            {
                "type": "actions",
                "block_id": "b",
                "elements": [{**button, "value": index.seal_press(press, case_id)}],
            },
        ],
    }
    person = comes(office, actor, DESK)
    view = office.slack.space.open_view(person.id, shown, push=False)
    person.types("w", "words")
    reply = await (person.submits() if press.verb is Verb.WRITE else person.taps("x"))
    assert reply.status == 200
    async with work.storage.read() as tx:
        case = await tx.cases.get(case_id)
    assert case is not None and (actor is OWNER or case.public_id not in view.read)
    person.closes()
    return await lines(office) != before


@pytest.mark.parametrize("state", OWN_TABLE)
async def test_on_ones_own_page_each_may_do_what_the_table_says(office: Office, state: str) -> None:
    case_id = await in_state(office, state)
    verbs = ON_CALLS if state in CALLS else ON_REPORTS
    for actor in OTHERS:
        for verb in sorted(verbs):
            press = await press_on(office, case_id, verb)
            assert not await presses(office, actor, case_id, press), (actor.what, verb, state)
    for verb in sorted(verbs):
        case_id = await in_state(office, state)
        press = await press_on(office, case_id, verb)
        changed = await presses(office, OWNER, case_id, press)
        assert changed is (verb in OWN_TABLE[state]), (verb, state)
