"""A case ends when what was promised is done, opens again as easily, and can be taken back."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.audits import audit
from bot.case_records import CaseState
from bot.desk import open_details
from bot.desk_list import list_for_desk
from bot.rows import ENDED
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.commitments import DutyKind
from flows.duties import response_steps
from flows.ended_by_desk import AFTERCARE
from flows.outcomes import Visibility
from flows.phrases import Phrase, listed, say
from flows.presses import Verb
from flows.screens import Compose, Facts, Timeline
from tests.bot.conftest import WORDS
from tests.bot.test_duties import verbs


async def state(people, case) -> CaseState:
    async with people.world.service.work.storage.read() as tx:
        return (await tx.cases.get(case.case_id)).state


async def owed(people, case) -> set[str]:
    async with people.world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    return {duty.kind for duty in duties if duty.state not in ENDED}


async def test_a_case_is_closed_only_when_what_was_promised_is_done(people) -> None:
    case = await people.report(site_may_know=False)
    refused = await people.at_desk(Verb.CLOSE, case)
    assert (refused.notice.key, refused.changed) == ("press.close_first", False)
    await people.works_through(case)
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    assert await state(people, case) is CaseState.CLOSED
    assert await owed(people, case) <= {kind.value for kind in AFTERCARE}


@pytest.mark.parametrize("language", ["en", "ja", "ja_simple"])
async def test_what_is_to_be_done_before_closing_is_a_list_with_a_line_for_each(
    people, language: str
) -> None:
    case = await people.report(site_may_know=False)
    read = WORDS.text((await people.at_desk(Verb.CLOSE, case)).notice, language)
    lines = {line.strip("・• ") for line in read.split("\n")}
    for kind in ("next_contact", "reply", "recurrence"):
        assert WORDS.text(say(f"duty.{kind}"), language) in lines


async def test_whatever_policy_was_published_what_prevents_a_repeat_comes_before_closing(
    anywhere,
) -> None:
    case = await anywhere.report(site_may_know=False)
    await anywhere.at_desk(Verb.MEASURE, case, words="  ")
    for duty in (await anywhere.duties(case)).values():
        await anywhere.at_desk(Verb.DUTY_DONE, duty)
    refused = await anywhere.at_desk(Verb.CLOSE, case)
    assert "duty.recurrence" in repr(refused.notice)
    opened = await open_details(anywhere.world.service.work, case.case_id)
    assert Verb.MEASURE in {compose.button.press.verb for compose in opened.composes}
    await anywhere.works_through(case)
    assert (await anywhere.at_desk(Verb.CLOSE, case)).changed


async def test_each_measure_against_a_repeat_stands_with_its_day_and_none_replaces_another(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    for words in ("A camera by 1 December.", "Two people in the evening."):
        assert (await people.at_desk(Verb.MEASURE, case, words=words)).changed
        world.clock.passes(days=1)
    again = await people.at_desk(Verb.MEASURE, case, words="A camera by 1 December.\n")
    assert (again.notice.key, again.changed) == ("press.already", False)
    opened = await open_details(world.service.work, case.case_id)
    (facts,) = (each for each in opened.since if isinstance(each, Facts))
    assert [WORDS.text(fact.value, "en") for fact in facts.items] == [
        "Tue 24 Nov\nA camera by 1 December.",
        "Wed 25 Nov\nTwo people in the evening.",
    ]


@pytest.mark.parametrize("late", [False, True])
async def test_care_that_the_desk_owes_itself_is_given_before_closing(
    people, world, late: bool
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False)
    await people.works_through(case, but=DutyKind.CARE)
    if late:
        await world.leaps(days=6)
        assert (await people.duty(case, "care")).state is DutyState.EXHAUSTED
    pressed = await people.at_desk(Verb.CLOSE, case)
    assert not pressed.changed and pressed.notice.key == "press.close_first"
    assert "duty.care" in repr(pressed.notice)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))
    assert (await people.duty(case, "care")).state is DutyState.SAID_DONE
    await people.works_through(case, but=DutyKind.CARE)  # late care is asked for by a talk, too
    assert (await people.at_desk(Verb.CLOSE, case)).changed


async def test_a_desk_to_which_they_say_not_yet_is_to_care_again_before_closing(people) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False)
    await people.works_through(case)
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    await people.say(case, Verb.CARE_NOT_YET)
    assert await state(people, case) is CaseState.OPEN
    assert "duty.care" in repr((await people.at_desk(Verb.CLOSE, case)).notice)
    await people.say(case, Verb.CARE_HAPPENED)
    assert "duty.care" not in repr((await people.at_desk(Verb.CLOSE, case)).notice)


async def test_care_that_nobody_at_the_site_gave_is_seen_to_before_closing(people, world) -> None:
    case = await people.report()
    await people.works_through(case)
    await world.passes(minutes=61)
    for duty in (await people.duties(case)).values():
        if duty.kind == "follow_up":
            await people.at_desk(Verb.DUTY_DONE, duty)
    assert "duty.care" in repr((await people.at_desk(Verb.CLOSE, case)).notice)
    care = await people.duty(case, "care")
    assert care.state is DutyState.EXHAUSTED
    assert (await people.at_desk(Verb.DUTY_DONE, care)).changed
    assert (await people.duty(case, "care")).state is DutyState.SAID_DONE
    assert "duty.care" not in repr((await people.at_desk(Verb.CLOSE, case)).notice)


async def test_the_desk_says_nothing_of_care_that_the_site_is_asked_for(people, world) -> None:
    case = await people.report()
    await world.works_off()
    assert not (await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "care"))).changed


async def test_after_closing_the_card_folds_and_care_goes_on(people, world, platform) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.works_off()
    (card,) = platform.cards("desk")
    assert {button.press.verb for button in card.buttons} == {Verb.DETAILS}
    assert "desk.closed" in repr(card) and "response.warn" in repr(card)
    assert (await people.duty(case, "care")).state is DutyState.OPEN
    assert (await audit(world.service.work)).clean


async def test_closing_twice_or_at_once_is_closing_once(people) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    assert (await people.at_desk(Verb.CLOSE, case)).notice.key == "press.late"
    assert (await people.facts(case)).count("closed") == 1


async def test_a_closed_case_is_taken_up_again_and_its_outcome_is_owed_anew(people) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    assert (await people.at_desk(Verb.REOPEN, case)).changed
    assert await state(people, case) is CaseState.OPEN
    assert DutyKind.OUTCOME in await owed(people, case)
    assert (await people.at_desk(Verb.REOPEN, case)).notice.key == "press.late"


async def test_what_is_owed_once_more_stands_once_in_the_details(people, world) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await people.at_desk(Verb.REOPEN, case)
    opened = await open_details(world.service.work, case.case_id)
    assert [line.name for line in opened.duties].count(say("duty.outcome")) == 1


@pytest.mark.parametrize("language", ["en", "ja", "ja_simple"])
async def test_whatever_the_desk_owes_has_a_press_in_the_details_or_says_where_it_is_done(
    anywhere, language: str
) -> None:
    case = await anywhere.report(site_may_know=False, chips="e")
    work = anywhere.world.service.work
    opened = await open_details(work, case.case_id)
    writes = [word for each in opened.composes for word in (each.field.label, _also(each))]
    places = [WORDS.text(word, language) for word in (*writes, say("desk.responses.title"))]
    pointed = set()
    for line in opened.duties:
        if line.name.key == "duty.on_day" or line.buttons:
            continue  # a question is the bot's to ask
        assert any(place in WORDS.text(line.due, language) for place in places), line.name
        pointed.add(line.name.key)
    assert pointed >= {"duty.reply", "duty.outcome", "duty.recurrence"}
    await anywhere.works_through(case)
    opened = await open_details(work, case.case_id)
    assert "duty.due_below" not in repr(opened.duties), "it is done"


def _also(compose: Compose) -> Phrase:
    return (compose.also or compose.button).label


async def test_a_case_can_be_taken_where_closing_it_asks_for_that(people, world) -> None:
    case = await people.report()
    refused = await people.at_desk(Verb.CLOSE, case)
    line = say("press.close_first.one", duty=say("duty.take"))
    assert line in refused.notice.values["duties"].items
    opened = await open_details(world.service.work, case.case_id)
    (take,) = (line for line in opened.duties if line.name == say("duty.take"))
    assert [button.press.verb for button in take.buttons] == [Verb.TAKE]
    await people.at_desk(Verb.TAKE, case)
    opened = await open_details(world.service.work, case.case_id)
    assert Verb.TAKE not in [b.press.verb for line in opened.duties for b in line.buttons]


@pytest.mark.parametrize("language", ["en", "ja", "ja_simple"])
async def test_an_empty_list_says_where_what_is_due_after_closing_is_asked_for(
    people, world, platform, language: str
) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case, but=DutyKind.COMMITTEE_REPORT)
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    work = world.service.work
    assert (await list_for_desk(work, work.directory.person("sato"))).lines == ()
    await world.leaps(days=32)
    assert '"duty.committee_report"' in repr([c.model_dump_json() for c in platform.beside("desk")])
    empty = WORDS.text(say("slack.desk.none"), language)
    assert ("channel" if language == "en" else "チャンネル") in empty


async def test_what_the_reporter_writes_takes_a_closed_case_up_again(people) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    said = await people.say(case, Verb.WRITE, words="It happened again.")
    assert said.notice.key == "talk.reopened" and await state(people, case) is CaseState.OPEN
    assert DutyKind.REPLY in await owed(people, case)


@pytest.mark.parametrize(
    ("chips", "within"), [("b", timedelta(hours=8)), ("c", timedelta(days=1, hours=8))]
)
async def test_writing_into_a_closed_case_rings_the_desk_at_the_pace_of_the_case(
    people, world, platform, chips: str, within: timedelta
) -> None:
    case = await people.report(site_may_know=False, chips=chips)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.passes(minutes=5)
    before = len(platform.messages)
    await people.say(case, Verb.WRITE, words="He is back.")
    await world.works_off()
    (rang,) = list(platform.messages.values())[before:]
    assert rang.card.title.key == "nudge.reply" and rang.alerted, "nobody's phone"
    assert case.public_id in repr(rang.card.title)
    async with world.service.work.storage.read() as tx:
        duties = await tx.duties.of_case(case.case_id)
    due = max(duty.due_at for duty in duties if duty.kind == DutyKind.REPLY)
    assert due - world.clock.present <= within
    await people.at_desk(Verb.REPLY, case, words="We are coming.")
    await world.works_off()
    assert rang.card.title.key == "nudge.done"


async def test_danger_written_into_a_closed_case_rings_once(people, world, platform) -> None:
    case = await people.report(site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.passes(minutes=5)
    before = len(platform.messages)
    await people.say(case, Verb.WRITE, words="死にたい")
    await world.works_off()
    rang = list(platform.messages.values())[before:]
    assert {each.card.title.key for each in rang} == {"nudge.follow_up"}


async def test_no_hour_is_shown_at_which_a_nameless_reporter_had_a_case_opened_again(
    people, world
) -> None:
    """No hour of it was kept; the noon that stands for the day would be an invented one."""
    case = await people.report(visibility=Visibility.UNNAMED, site_may_know=False)
    await people.works_through(case)
    await people.at_desk(Verb.CLOSE, case)
    await world.passes(minutes=47)
    await people.say(case, Verb.WRITE, words="もうひとつあります")
    await people.at_desk(Verb.REPLY, case, words="読みました。")
    await people.at_desk(Verb.CLOSE, case)
    await people.at_desk(Verb.REOPEN, case)
    opened = await open_details(world.service.work, case.case_id)
    (history,) = (each for each in opened.since if isinstance(each, Timeline))
    shown = [(line.what, line.when.style) for line in history.items if "reopened" in repr(line)]
    by_itself, by_desk = shown
    assert by_itself == (say("fact.reopened", roles=listed([])), "day")
    assert by_desk[1] == "day_clock", "the desk's own press was at that time"
    at = [line.when for line in history.items]
    noons = [when for when in at if f"{when.moment.astimezone(ZoneInfo(when.zone)):%R}" == "12:00"]
    assert noons and all(when.style == "day" for when in noons)


@pytest.mark.parametrize("visibility", [Visibility.NAMED, Visibility.DESK_ONLY])
async def test_who_says_that_nobody_has_looked_after_them_takes_a_closed_case_up_again(
    people, world, platform, visibility: Visibility
) -> None:
    case = await people.report(visibility=visibility)
    await people.works_through(case)
    if (await people.duty(case, "care")).owner == "site":
        await people.answer("tanaka", Verb.CARED, case, "care")
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    await world.works_off()
    before = set(platform.messages)
    await people.say(case, Verb.CARE_NOT_YET)
    assert await state(people, case) is CaseState.OPEN
    assert "reopened" in await people.facts(case)
    await world.leaps(days=5)
    rung = {p for ref, each in platform.messages.items() if ref not in before for p in each.alerted}
    assert {"sato", "suzuki"} <= rung
    if (await people.duty(case, "care")).owner == "site":
        assert "follow_up" in await people.duties(case)


@pytest.mark.parametrize("answered", [False, True])
async def test_writing_into_a_case_that_was_taken_rings_the_desk_once_for_each_answer(
    people, world, platform, answered: bool
) -> None:
    case = await people.report(site_may_know=False)
    await people.at_desk(Verb.TAKE, case)
    if answered:
        await people.at_desk(Verb.REPLY, case, words="We are with you.")
    await world.passes(minutes=5)
    before = len(platform.messages)
    await people.say(case, Verb.WRITE, words="He was here again.")
    await people.say(case, Verb.WRITE, words="It was the same man.")
    await world.works_off()
    (rang,) = list(platform.messages.values())[before:]
    assert rang.card.title.key == "nudge.reply" and rang.alerted, "nobody's phone"
    await people.at_desk(Verb.REPLY, case, words="We are coming.")
    await world.works_off()
    assert rang.card.title.key == "nudge.done"
    assert (await audit(world.service.work)).clean


async def test_writing_into_a_case_that_nobody_ever_took_rings_the_desk_too(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await world.leaps(days=6, hours=1)  # a Monday, late in the morning
    for kind in ("take", "reply"):
        assert (await people.duty(case, kind)).state is DutyState.EXHAUSTED
    before = len(platform.messages)
    await people.say(case, Verb.WRITE, words="He came back today. Please call me.")
    await people.say(case, Verb.WRITE, words="He is here.")
    await world.works_off()
    (rang,) = list(platform.messages.values())[before:]
    assert rang.card.title.key == "nudge.reply" and rang.alerted, "nobody's phone"
    assert (await people.at_desk(Verb.TAKE, case)).changed


async def test_each_message_of_the_reporter_is_owed_an_answer_of_its_own(people, world) -> None:
    case = await people.report(site_may_know=False)
    await people.at_desk(Verb.REPLY, case, words="We are with you.")
    assert DutyKind.REPLY not in await owed(people, case)
    await people.say(case, Verb.WRITE, words="One more thing.")
    await people.say(case, Verb.WRITE, words="And another.")
    assert DutyKind.REPLY in await owed(people, case)
    await people.at_desk(Verb.REPLY, case, words="Thank you.")
    assert DutyKind.REPLY not in await owed(people, case)
    assert (await audit(world.service.work)).clean


async def test_only_steps_that_the_policy_announces_can_be_taken(people) -> None:
    case = await people.report(site_may_know=False)
    assert (await people.at_desk(Verb.RESPOND, case, "shout")).notice.key == "press.unknown"
    assert (await people.at_desk(Verb.RESPOND, case, "ban")).changed
    assert (await people.at_desk(Verb.RESPOND, case, "ban")).notice.key == "press.late"
    assert (await people.at_desk(Verb.RESPOND, case, "police")).changed
    assert (await people.facts(case)).count("responded") == 2


async def test_no_step_is_late_once_somebody_has_taken_one_and_gives_way_to_the_first(
    people,
) -> None:
    case = await people.report(site_may_know=False)
    for step, notice in (
        ("none", "press.recorded"),
        ("warn", "press.recorded"),
        ("none", "press.late"),
    ):
        assert (await people.at_desk(Verb.RESPOND, case, step)).notice.key == notice
    assert (await people.facts(case)).count("responded") == 2
    opened = await open_details(people.world.service.work, case.case_id)
    assert "response.warn" in repr(opened.since) and "response.none" not in repr(opened.since)


async def test_whatever_policy_was_published_the_desk_takes_the_steps_that_it_announces(
    anywhere,
) -> None:
    case = await anywhere.report(site_may_know=False)
    work = anywhere.world.service.work
    offered = [b.press.detail for b in (await open_details(work, case.case_id)).responses]
    assert {"warn", "none"} < set(offered)
    assert offered == [step.value for step in response_steps(work.policy)]
    assert (await anywhere.at_desk(Verb.RESPOND, case, "warn")).changed
    assert "external_response" not in await owed(anywhere, case)


async def test_a_helper_that_a_case_does_not_need_is_said_to_be_so(people) -> None:
    case = await people.report(site_may_know=False, wishes=("doctor",))
    physician = await people.duty(case, "physician")
    assert (await people.at_desk(Verb.NOT_NEEDED, physician)).changed
    assert (await people.duty(case, "physician")).state is DutyState.CLOSED
    reply = await people.duty(case, "reply")
    assert (await people.at_desk(Verb.NOT_NEEDED, reply)).notice.key == "press.not_yours"


async def test_a_wrong_press_of_the_desk_is_taken_back_with_one(people, world, platform) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await people.works_through(case)
    await people.say(case, Verb.WISH_TO_TALK)
    await world.works_off()
    talk, due = await people.duty(case, "follow_up"), {}
    for kind, ended in (("follow_up", Verb.DUTY_DONE), ("next_contact", Verb.NOT_NEEDED)):
        duty = await people.duty(case, kind)
        due[kind] = duty.due_at
        if duty.state not in ENDED:
            assert (await people.at_desk(ended, duty)).changed
        assert Verb.NOT_DONE in await offered_beside(people, case, duty.id)
    told = platform.notes.count(("post", "desk"))
    for kind in due:
        duty = await people.duty(case, kind)
        assert (await people.at_desk(Verb.NOT_DONE, duty)).changed
        again = await people.duty(case, kind)
        assert (again.state, again.due_at) == (DutyState.OPEN, due[kind])
        assert (await people.at_desk(Verb.NOT_DONE, again)).notice.key == "press.already"
    await world.works_off()
    assert platform.notes.count(("post", "desk")) == told + 1, "the desk is asked for the talk"
    assert Verb.DUTY_DONE in await offered_beside(people, case, talk.id)
    assert (await people.facts(case)).count("not_done") == 2
    assert (await people.at_desk(Verb.CLOSE, case)).notice.key == "press.close_first"
    assert (await audit(world.service.work)).clean


async def test_what_a_deed_ended_no_press_takes_back_nor_what_ended_with_its_case(
    people, world
) -> None:
    case = await people.report()
    await people.works_through(case)
    outcome = await people.at_desk(Verb.NOT_DONE, await people.duty(case, "outcome"))
    assert outcome.notice.key == "press.not_yours"
    await people.at_desk(Verb.CLOSE, case)
    fact_check = await people.duty(case, "fact_check")
    assert Verb.NOT_DONE not in await offered_beside(people, case, fact_check.id)
    assert (await people.at_desk(Verb.NOT_DONE, fact_check)).notice.key == "press.late"


async def test_a_talk_that_nobody_had_opens_its_case_again_and_is_asked_for_each_day(
    people, world, platform
) -> None:
    case = await people.report()
    await people.works_through(case)
    await people.say(case, Verb.WISH_TO_TALK)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    assert (await people.at_desk(Verb.CLOSE, case)).changed
    talk = await people.duty(case, "follow_up")
    assert Verb.NOT_DONE in await offered_beside(people, case, talk.id)
    assert (await people.at_desk(Verb.NOT_DONE, talk)).changed
    assert await state(people, case) is CaseState.OPEN
    assert (await people.at_desk(Verb.CLOSE, case)).notice.key == "press.close_first"
    for _ in range(3):
        asked = platform.notes.count(("post", "desk"))
        await world.leaps(days=1)
        assert platform.notes.count(("post", "desk")) > asked
    assert (await audit(world.service.work)).clean


async def test_a_talk_in_danger_that_nobody_had_is_owed_though_the_report_was_taken_back(
    people, world
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, words="死にたい")
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "follow_up"))
    talk = await people.duty(case, "follow_up")
    assert talk.state is DutyState.DONE
    assert Verb.NOT_DONE in await offered_beside(people, case, talk.id)
    assert (await people.at_desk(Verb.NOT_DONE, talk)).changed
    assert (await people.duty(case, "follow_up")).state is DutyState.OPEN
    assert "own.withdrawn.talk" in repr(await people.page(case))
    assert (await audit(world.service.work)).clean


async def test_what_was_overdue_is_asked_for_at_once_when_it_turns_out_not_to_be_done(
    people, world, platform
) -> None:
    case = await people.report()
    await people.at_desk(Verb.TAKE, case)
    await world.leaps(days=9)
    await people.at_desk(Verb.DUTY_DONE, await people.duty(case, "fact_check"))
    duty = await people.duty(case, "fact_check")
    assert duty.due_at < world.clock.now()
    asked = platform.notes.count(("post", "desk"))
    await people.at_desk(Verb.NOT_DONE, duty)
    await world.works_off()
    assert platform.notes.count(("post", "desk")) == asked + 1


async def offered_beside(people, case, duty_id: str) -> set[Verb]:
    """What *Details* offers beside a duty."""
    opened = await open_details(people.world.service.work, case.case_id)
    presses = [button.press for line in opened.duties for button in line.buttons]
    return {press.verb for press in presses if press.subject == duty_id}


async def test_a_withdrawn_report_is_owed_nothing_and_asks_nobody(people, world, platform) -> None:
    case = await people.report()
    await world.works_off()
    pressed = await people.say(case, Verb.WITHDRAW)
    assert pressed.notice.key == "press.recorded"
    assert await owed(people, case) == set()
    posts = platform.notes.count(("post", "shinjuku")) + platform.notes.count(("post", "desk"))
    await world.leaps(days=100)
    after = platform.notes.count(("post", "shinjuku")) + platform.notes.count(("post", "desk"))
    assert after == posts
    assert "desk.withdrawn" in repr(platform.cards("desk")[0])
    assert "care.not_needed" in repr(platform.cards("shinjuku")[0])


async def test_of_a_report_that_was_taken_back_the_desk_is_asked_no_care(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.passes(minutes=61)
    (asked,) = platform.direct("sato")
    assert verbs(asked) == {Verb.ARRANGES, Verb.CANNOT, Verb.CARED}
    await people.say(case, Verb.WITHDRAW)
    await world.passes(minutes=1)
    (spared,) = platform.direct("sato")
    assert "care.withdrawn" in repr(spared) and not spared.buttons
    assert "care.text" in repr(platform.cards("shinjuku")[0]), "nobody there may notice"
    care = await people.duty(case, "care")
    late = await people.press("sato", Verb.ARRANGES, care.id, at="chat:@sato")
    assert late.notice.key == "press.late" and not late.changed
    await people.say(case, Verb.RESUME)
    await world.passes(minutes=1)
    assert verbs(platform.direct("sato")[-1]) == verbs(asked), "it is needed after all"


async def test_taking_it_back_twice_is_taking_it_back_once(people) -> None:
    case = await people.report()
    await people.say(case, Verb.WITHDRAW)
    assert (await people.say(case, Verb.WITHDRAW)).notice.key == "press.late"
    assert (await people.facts(case)).count("withdrawn") == 1


async def test_a_report_that_never_left_leaves_no_trace_at_the_desk(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    await people.say(case, Verb.WITHDRAW)
    await world.leaps(days=2)
    assert platform.messages == {}
    await people.say(case, Verb.RESUME)
    assert await state(people, case) is CaseState.KEPT
    await world.leaps(hours=2)
    assert len(platform.cards("desk")) == 1


async def test_taking_back_an_unnamed_report_changes_no_card_of_the_site(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, safety=Safety.ONGOING)
    await world.works_off()
    before = [card.model_dump_json() for card in platform.channel("shinjuku")]
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    assert [card.model_dump_json() for card in platform.channel("shinjuku")] == before


async def test_sent_after_all_everything_is_owed_again_from_then(people, world, platform) -> None:
    case = await people.report()
    await world.works_off()
    before = await owed(people, case)
    await people.say(case, Verb.WITHDRAW)
    world.clock.passes(days=1)
    assert (await people.say(case, Verb.RESUME)).notice.key == "own.resumed"
    assert await owed(people, case) == before
    take = await people.duty(case, "take")
    assert take.due_at > world.clock.present
    assert (await audit(world.service.work)).clean
    assert (await people.say(case, Verb.RESUME)).notice.key == "press.late"


@pytest.mark.parametrize("verb", [Verb.WITHDRAW, Verb.RESUME])
async def test_a_call_for_help_is_nothing_to_take_back(people, verb: Verb) -> None:
    case = await people.call()
    assert (await people.say(case, verb)).notice.key == "press.unknown"


async def test_what_is_owed_by_a_day_reminds_nobody_the_moment_a_report_is_sent_after_all(
    people, world, platform
) -> None:
    case = await people.report()
    await people.press("sato", Verb.TAKE, case.case_id, at="chat:desk")
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    before = len(platform.beside("desk"))
    await people.say(case, Verb.RESUME)
    await world.passes(minutes=2)
    due = [card for card in platform.beside("desk")[before:] if card.title.key == "nudge.due"]
    assert due == []
    await world.leaps(days=8)
    assert any(card.title.key == "nudge.due" for card in platform.beside("desk")[before:])
    assert (await audit(world.service.work)).clean


async def test_a_report_that_waits_leaves_at_once_when_its_sender_says_so(people, world) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    await world.works_off()
    assert Verb.SEND_NOW in {button.press.verb for button in (await people.page(case)).buttons}
    assert (await people.say(case, Verb.SEND_NOW)).changed
    await world.works_off()
    page = await people.page(case)
    assert "sent.delivered" in repr(page)
    assert Verb.SEND_NOW not in {button.press.verb for button in page.buttons}
    assert (await people.say(case, Verb.SEND_NOW)).notice.key == "press.late"


@pytest.mark.parametrize("came", [True, False])
async def test_a_case_whose_people_never_said_that_it_is_over_is_ended_by_the_desk_a_day_later(
    people, world, came: bool
) -> None:
    case = await people.report(safety=Safety.ONGOING)
    await world.works_off()
    for who in ("tanaka", "yamamoto") if came else ():
        await people.answer(who, Verb.HERE, case)
    alone = await people.duty(case, "second_person")
    refused = await people.at_desk(Verb.DUTY_DONE, alone)
    assert refused.notice.key == "press.not_yours"
    await world.leaps(days=2)
    assert alone.id in await offered(people, case)
    assert (await people.at_desk(Verb.DUTY_DONE, alone)).changed
    assert "next_contact" in await owed(people, case)
    await people.works_through(case)
    assert (await people.at_desk(Verb.CLOSE, case)).changed


async def offered(people, case) -> set[str]:
    """The duties that the desk can end with a press."""
    shown = await open_details(people.world.service.work, case.case_id)
    return {button.press.subject for line in shown.duties for button in line.buttons}


async def test_sent_after_all_nothing_is_owed_that_the_desk_had_found_needless(
    people, world
) -> None:
    case = await people.report(site_may_know=False)
    await people.at_desk(Verb.TAKE, case)
    await people.at_desk(Verb.NOT_NEEDED, await people.duty(case, "next_contact"))
    await people.works_through(case)
    await world.leaps(days=120)  # whatever else was asked has lapsed
    before = await owed(people, case)
    await people.say(case, Verb.WITHDRAW)
    await people.say(case, Verb.RESUME)
    assert await owed(people, case) == before


async def test_what_is_written_on_a_report_that_was_taken_back_says_so_and_danger_is_passed_on(
    people, world, platform
) -> None:
    case = await people.report(site_may_know=False)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    before = len(platform.messages)
    assert (await people.say(case, Verb.WRITE, words="Thanks.")).notice.key == "talk.taken_back"
    await world.works_off()
    assert len(platform.messages) == before
    assert (await people.say(case, Verb.WRITE, words="I want to die")).notice.key == "talk.sent"
    await world.works_off()
    assert len(platform.messages) > before
    assert "desk.speak_now" in repr(platform.cards("desk"))
    assert await state(people, case) is CaseState.WITHDRAWN


async def test_once_it_was_taken_back_nobody_at_the_desk_is_asked_about_what_the_site_does(
    people, world, platform
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED, safety=Safety.ONGOING)
    await world.works_off()
    await people.say(case, Verb.WITHDRAW)
    await world.works_off()
    before = set(platform.messages)
    await world.passes(hours=3)
    after = {each.channel for ref, each in platform.messages.items() if ref not in before}
    assert not after & {"desk", "@sato", "@suzuki", "@mori"}
    alone = await people.duty(case, "second_person")
    await people.press("tanaka", Verb.HERE, alone.id)
    await people.press("tanaka", Verb.OVER, alone.id)
    assert "next_contact" not in await people.duties(case)
