"""What goes first where a channel takes one message a second and hundreds are owed."""

from dataclasses import replace

from bot.case_work import PRIORITY
from bot.rows import message_level, overtaken_level
from flows.assessment import Safety
from flows.commitments import DutyKind
from flows.presses import Verb
from tests.bot.conftest import People


async def test_what_the_reporter_waits_for_is_asked_before_cards_change(
    people: People,
) -> None:
    case = await people.report()
    owed = await people.duties(case)
    urgency = {kind: PRIORITY[message_level(duty)] for kind, duty in owed.items()}
    first = {kind for kind, number in urgency.items() if number < PRIORITY["edit"]}
    assert first == {DutyKind.TAKE, DutyKind.CARE, DutyKind.REPLY} and len(urgency) > len(first)


async def test_the_desk_is_asked_for_a_talk_before_cards_change_and_again_only_after_them(
    people: People,
) -> None:
    case = await people.report()
    await people.say(case, Verb.WISH_TO_TALK)
    talk = (await people.duties(case))[DutyKind.FOLLOW_UP]
    asked, again = message_level(talk), message_level(replace(talk, round=1))
    assert PRIORITY[asked] < PRIORITY["edit"] < PRIORITY[again]


async def test_that_a_later_message_asks_is_said_last_but_where_people_are_called_to_somebody(
    people: People,
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    for duty in (await people.duties(case)).values():
        last = max(PRIORITY.values()) == PRIORITY[overtaken_level(duty)]
        assert last is (duty.kind != DutyKind.SECOND_PERSON), duty.kind
