"""Cards say what is needed and by when, and never who reported or what was written."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.packs import builtin_pack
from flows.acts import Chip
from flows.assessment import Assessment, Effect, Safety, Verdict
from flows.burst_cards import RunningList, list_card
from flows.caller import caller_card
from flows.cards import desk_card
from flows.case_view import (
    CareWord,
    CaseView,
    DutyView,
    HealthView,
    MessageView,
    Phone,
    Rung,
    SeatView,
    SenderView,
)
from flows.clocks import Urgency
from flows.commitments import DutyKind
from flows.desk_list import desk_line
from flows.desk_work import duty_due
from flows.details import Line, Written, details, since_then
from flows.duties import ASKED_KINDS, Owner
from flows.ladders import AnswerKind, Role, Seat
from flows.nudge_cards import direct_card, nudge_card
from flows.outcomes import Report, Visibility, When
from flows.phrases import Listed, Own, Phrase, Say, listed, say
from flows.presses import DESK_VERBS, SITE_VERBS, Verb
from flows.scene import SiteOption
from flows.screens import CallLine, Card, Facts, Heading, Paragraph, Timeline
from flows.site_cards import site_card
from flows.status import reporter_card
from tests.flows.test_words import FILLED

POLICY, CATALOGUE = builtin_pack("standard"), Catalogue.load()
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
STORE = SiteOption("store", Own(ja="新宿店", en="Shinjuku"), Own(ja="東エリア", en="East"), "store")
CANARY, NAME = "canary-words", "花子"
SATO = Own(ja="佐藤", en="Sato")
WRITTEN_DOWN = tuple(FILLED["fact.*"])
STATES = ("open", "answered", "said_done", "exhausted", "done", "closed")


def seat(person: str, answer: AnswerKind = AnswerKind.COMING) -> SeatView:
    given = Seat(person_id=person, answer=answer, minutes=2, at=NOW)
    return SeatView(given, Own(ja=person, en=person), Role.MANAGER)


LADDERS = {
    DutyKind.TAKE: POLICY.ladders.take,
    DutyKind.CARE: POLICY.ladders.care,
    DutyKind.SECOND_PERSON: POLICY.ladders.second_person,
}


def duty(
    kind: DutyKind, state: str = "open", seats: int | tuple[SeatView, ...] = 0, **changes: Any
) -> DutyView:
    at_site = kind in (DutyKind.CARE, DutyKind.SECOND_PERSON)
    given: dict[str, Any] = {
        "id": "d" * 32,
        "kind": kind,
        "owner": Owner.SITE if at_site else Owner.DESK,
        "state": state,
        "due_at": NOW + timedelta(minutes=15),
        "ladder": LADDERS.get(kind, POLICY.ladders.desk),
        "rungs": (),
        "seats": (
            tuple(seat(f"person{number}") for number in range(seats))
            if isinstance(seats, int)
            else seats
        ),
        "next_roles": (Role.AREA,) if state == "open" else (),
        "next_at": NOW + timedelta(minutes=3) if state == "open" else None,
        "ended_at": NOW if state in ("done", "closed") else None,
    }
    return DutyView(**{**given, **changes})


def report(visibility: Visibility = Visibility.NAMED, **changes: Any) -> Report:
    given: dict[str, Any] = {
        "site_id": "store",
        "safety": Safety.OVER,
        "chips": (Chip.ABUSE,),
        "effects": None,
        "demand": None,
        "length": None,
        "after_stop": None,
        "injured": False,
        "per_se": (),
        "visibility": visibility,
        "site_may_know": True,
        "name_site": True,
    }
    return Report(**{**given, **changes})


def view(*duties: DutyView, of: Report | None = None, **changes: Any) -> CaseView:
    given: dict[str, Any] = {
        "id": "c" * 32,
        "public_id": "ABC3467",
        "state": "open",
        "urgency": Urgency.U3,
        "site": STORE,
        "zone": "Asia/Tokyo",
        "now": NOW,
        "duties": duties,
        "delivered_at": None,
        "report": of,
        "assessment": Assessment(Verdict.STRONG, Urgency.U3) if of else None,
        "sender": SenderView(NAME if of and of.visibility is Visibility.NAMED else ""),
        "health": HealthView(),
        "messages": (MessageView(by_desk=False, at=NOW, text=CANARY),) if of else (),
    }
    return CaseView(**{**given, **changes})


def verbs(card: Card) -> set[Verb]:
    return {button.press.verb for button in card.buttons}


def keys(card: Card) -> str:
    return card.model_dump_json()


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("state", STATES)
def test_no_card_of_a_channel_holds_what_the_reporter_wrote(
    visibility: Visibility, state: str
) -> None:
    case = view(
        duty(DutyKind.TAKE, state),
        duty(DutyKind.CARE, state),
        duty(DutyKind.SECOND_PERSON, state),
        of=report(visibility),
    )
    desk = desk_card(POLICY, case)
    sites = [site_card(POLICY, case, kind) for kind in (DutyKind.CARE, DutyKind.SECOND_PERSON)]
    nudges = [nudge_card(POLICY, case, each, (Role.AREA,), ()) for each in case.duties]
    for card in (desk, *sites, *nudges):
        assert CANARY not in keys(card)
    for card in (desk, sites[1], *nudges):
        assert NAME not in keys(card)
    if visibility is not Visibility.NAMED:
        assert NAME not in keys(sites[0])


@pytest.mark.parametrize("state", STATES)
def test_a_channel_gets_only_buttons_that_work_there(state: str) -> None:
    case = view(
        duty(DutyKind.TAKE, state),
        duty(DutyKind.CARE, state),
        duty(DutyKind.SECOND_PERSON, state, seats=1),
        of=report(),
    )
    assert verbs(desk_card(POLICY, case)) <= DESK_VERBS
    for kind in (DutyKind.CARE, DutyKind.SECOND_PERSON):
        assert verbs(site_card(POLICY, case, kind)) <= SITE_VERBS


def test_a_reminder_to_a_site_is_answered_where_it_is_read() -> None:
    case = view(
        duty(DutyKind.CARE),
        duty(DutyKind.SECOND_PERSON, seats=1),
        duty(DutyKind.TAKE),
        of=report(),
    )
    care, second, _ = (nudge_card(POLICY, case, each, (Role.AREA,), ()) for each in case.duties)
    assert verbs(second) == {Verb.COMING, Verb.TAKE_OVER, Verb.HERE, Verb.CANNOT}
    # One set of answers to care, on its card and beside it.
    assert care.buttons == site_card(POLICY, case, DutyKind.CARE).buttons
    assert verbs(care) == {Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT, Verb.CARED}
    full = duty(DutyKind.SECOND_PERSON, seats=2)
    assert not nudge_card(POLICY, view(full, of=report()), full, (Role.AREA,), ()).buttons


def test_a_reminder_to_the_desk_has_the_buttons_of_its_card_and_says_the_act() -> None:
    take, reply, care = (duty(kind) for kind in (DutyKind.TAKE, DutyKind.REPLY, DutyKind.CARE))
    reply, care = (replace(each, owner=Owner.DESK) for each in (reply, care))
    case = view(take, reply, care, of=report())
    cards = [nudge_card(POLICY, case, each, (Role.DESK,), ()) for each in case.duties]
    assert {frozenset(verbs(each)) for each in cards} == {frozenset({Verb.TAKE, Verb.DETAILS})}
    assert ["due." in keys(each) for each in cards] == [False, True, True]
    taken = view(replace(take, state="done"), reply, of=report())
    assert verbs(nudge_card(POLICY, taken, reply, (Role.DESK,), ())) == {Verb.DETAILS}
    # A call has no details to open, and in somebody's own messages nothing of the desk counts.
    assert verbs(nudge_card(POLICY, view(take), take, (Role.DESK,), ())) == {Verb.TAKE}
    direct = direct_card(POLICY, case, reply, (Role.DESK,), "sato")
    assert not direct.buttons and "nudge.in_channel" in keys(direct)
    done = replace(reply, state="done")
    over = direct_card(POLICY, view(done, of=report()), done, (Role.DESK,), "sato")
    assert "nudge.in_channel" not in keys(over)


def test_head_office_reads_whom_to_reach_for_it_cannot_act_for_the_desk() -> None:
    reply = replace(duty(DutyKind.REPLY), owner=Owner.DESK)
    numbers = {Role.DESK: "01", Role.HQ: "02"}
    rungs = tuple(
        Rung((role,), NOW, phones=(Phone(role, it, SATO),)) for role, it in numbers.items()
    )
    unreachable, reply = reply, replace(reply, rungs=rungs)
    outside = direct_card(POLICY, view(reply, of=report()), reply, (Role.HQ,), "watanabe")
    assert not outside.buttons
    assert "nudge.reach_them.phone" in keys(outside) and "nudge.in_channel" not in keys(outside)
    sato = CallLine(label=listed([say("role.desk"), SATO]), phone="01")
    assert [part for part in outside.body if isinstance(part, CallLine)] == [sato]
    without = direct_card(POLICY, view(reply, of=report()), unreachable, (Role.HQ,), "watanabe")
    assert '"nudge.reach_them"' in without.model_dump_json(), "nobody is told to phone no number"
    shut = direct_card(POLICY, view(reply, of=report()), reply, (Role.HQ,), "watanabe", shut=True)
    assert '"nudge.reach_them"' not in shut.model_dump_json()
    assert [part.phone for part in shut.body if isinstance(part, CallLine)] == ["01"]


@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_reminder_to_the_desk_says_no_more_of_a_report_than_its_duty(
    visibility: Visibility,
) -> None:
    reply = replace(duty(DutyKind.REPLY), owner=Owner.DESK)
    given = {"name_site": False} if visibility is Visibility.UNNAMED else {}
    card = nudge_card(POLICY, view(reply, of=report(visibility, **given)), reply, (Role.DESK,), ())
    assert "新宿店" not in keys(card) and "東エリア" not in keys(card)
    assert "chip." not in keys(card) and "desk.who" not in keys(card)


def test_an_area_stands_on_the_desks_card_and_its_messages_where_the_site_may_not() -> None:
    blurred = report(Visibility.UNNAMED, name_site=False)
    case = view(duty(DutyKind.TAKE), of=blurred)
    card = desk_card(POLICY, case)
    assert "東エリア" in keys(card) and "新宿店" not in keys(card)
    nudge = nudge_card(POLICY, case, case.duties[0], (Role.DESK_LEAD,), ())
    assert "新宿店" not in keys(nudge)


def test_just_now_is_said_as_a_part_of_the_day() -> None:
    for when, key in ((When.NOW, "day.afternoon"), (When.YESTERDAY, "when.y")):
        assert f'"{key}"' in keys(desk_card(POLICY, view(of=report(when=when))))


def test_a_case_that_was_taken_names_who_and_can_only_be_opened() -> None:
    taken = duty(DutyKind.TAKE, "done", done_by=SATO)
    card = desk_card(POLICY, view(taken, of=report()))
    assert "佐藤" in keys(card)
    assert verbs(card) == {Verb.DETAILS}


def test_what_is_still_owed_is_counted_and_nothing_owed_is_said() -> None:
    apart = (*ASKED_KINDS, DutyKind.FOLLOW_UP)  # asked of the employee, or said in its own line
    owed = [duty(kind) for kind in DutyKind if kind not in apart]
    card = desk_card(POLICY, view(*owed, of=report()))
    assert '"desk.owed.more"' in keys(card) and f'"count":{len(owed) - 3}' in keys(card)
    assert '"desk.owed.nothing"' in keys(desk_card(POLICY, view(of=report(), messages=())))


def test_too_few_answers_are_a_visible_state() -> None:
    case = view(duty(DutyKind.CARE, "exhausted"), of=report())
    assert '"duty.nobody"' in keys(desk_card(POLICY, case))
    call = view(duty(DutyKind.SECOND_PERSON, "exhausted"))
    assert '"chase.exhausted"' in keys(site_card(POLICY, call, DutyKind.SECOND_PERSON))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "next"),
        ({"next_roles": ()}, "desk_next"),
        ({"state": "exhausted"}, "exhausted"),
    ],
)
def test_care_is_one_persons_and_is_never_said_to_lack_people(
    changes: dict[str, Any], key: str
) -> None:
    """Of a second person, of whom two are needed, it is said."""
    care, second = (duty(kind, **changes) for kind in (DutyKind.CARE, DutyKind.SECOND_PERSON))
    case = view(care, second, of=report())
    assert f'"chase.care.{key}"' in keys(site_card(POLICY, case, DutyKind.CARE))
    assert f'"chase.{key}"' in keys(site_card(POLICY, case, DutyKind.SECOND_PERSON))


def test_what_is_held_until_another_day_says_so() -> None:
    overnight = replace(duty(DutyKind.CARE), next_at=NOW + timedelta(days=1))
    card = site_card(POLICY, view(overnight, of=report()), DutyKind.CARE)
    assert card.footer is not None
    assert "11月25日(水) 10:00までに" in CATALOGUE.text(card.footer, "ja", NOW)


def test_no_card_of_a_channel_says_today_or_tomorrow() -> None:
    """It is drawn anew when its case changes, not at midnight."""
    late, ended = NOW - timedelta(hours=1), {"done_by": SATO, "ended_at": NOW}
    duties = [
        duty(DutyKind.TAKE, "done", **ended),
        duty(DutyKind.REPLY, due_at=NOW + timedelta(days=1)),
        duty(DutyKind.OUTCOME, due_at=late),
        duty(DutyKind.CARE, seats=1),
        duty(DutyKind.SECOND_PERSON, "answered", seats=2),
        duty(DutyKind.FOLLOW_UP),
    ]
    case, call = view(*duties, of=report()), view(duties[0], duties[4], again_at=NOW)
    cards = [
        *(desk_card(POLICY, each) for each in (case, call)),
        *(site_card(POLICY, case, kind) for kind in (DutyKind.CARE, DutyKind.SECOND_PERSON)),
        *(nudge_card(POLICY, case, each, (Role.DESK,), ()) for each in duties),
    ]
    for card in cards:
        assert '"day_clock"' not in keys(card) and '"style":"day"' not in keys(card)
    assert sum('"dated"' in keys(card) for card in cards) >= 5


def test_an_answer_of_another_day_keeps_its_day() -> None:
    come = replace(duty(DutyKind.CARE), seats=(seat("a"),))
    card = site_card(POLICY, view(come, of=report()), DutyKind.CARE)
    [answered] = [line for each in card.body if isinstance(each, Timeline) for line in each.items]
    assert answered.when is not None
    for read in (NOW, NOW + timedelta(days=1)):
        assert CATALOGUE.text(answered.when, "en", read) == "Tue 24 Nov, 10:00"


def test_nobody_is_forbidden_to_ask_who_it_was_right_below_the_name() -> None:
    asked = (Role.MANAGER,)
    for visibility in Visibility:
        case = view(duty(DutyKind.CARE), duty(DutyKind.SECOND_PERSON), of=report(visibility))
        care, second = case.duties
        named = visibility is Visibility.NAMED
        for card in (
            site_card(POLICY, case, DutyKind.CARE),
            direct_card(POLICY, case, care, asked, "tanaka"),
        ):
            assert (NAME in keys(card)) is named
            assert ("chase.no_hunting" in keys(card)) is not named
        for card in (
            site_card(POLICY, case, DutyKind.SECOND_PERSON),
            direct_card(POLICY, case, second, asked, "tanaka"),
        ):
            assert NAME not in keys(card) and "chase.no_hunting" in keys(card)


@pytest.mark.parametrize("safety", [Safety.ONGOING, Safety.OVER])
def test_the_desk_reads_first_that_it_was_still_going_on(safety: Safety) -> None:
    case = view(of=report(safety=safety))
    said = Paragraph(text=say("desk.going_on"), strong=True)
    first = desk_card(POLICY, case).body[0], details(POLICY, case, Written("", ""))[1]
    assert [element == said for element in first] == [safety is Safety.ONGOING] * 2


@pytest.mark.parametrize(
    ("told", "hurt"),
    [
        ({"injured": True}, True),
        ({"effects": (Effect.INJURY,)}, True),
        ({"injured": True, "safety": Safety.ONGOING}, True),
        ({"effects": (Effect.NONE,)}, False),
    ],
)
@pytest.mark.parametrize("visibility", list(Visibility))
def test_the_desk_reads_that_the_reporter_is_injured_and_the_site_does_not(
    visibility: Visibility, told: dict[str, Any], hurt: bool
) -> None:
    care = duty(DutyKind.CARE)
    case = view(care, of=report(visibility, **told))
    said = Paragraph(text=say("desk.injured"), strong=True)
    assert (said in desk_card(POLICY, case).body) is hurt
    assert (said in details(POLICY, case, Written("", ""))) is hurt
    running = list_card(POLICY, RunningList("0" * 32, NOW, (case,)))
    for line in (desk_line(case).title.model_dump_json(), keys(running)):
        assert ('"list.injured"' in line) is hurt, "also where many cases share one message"
    site = (site_card(POLICY, case, DutyKind.CARE), nudge_card(POLICY, case, care, (), ()))
    assert "injur" not in "".join(map(keys, site))


def test_details_name_the_chip_that_was_ticked_and_the_acts_only_as_what_it_may_stand_for() -> None:
    case = view(of=report(chips=(Chip.ABUSE, Chip.DEMAND)))
    drawn = details(POLICY, case, Written("", ""))
    rows = [fact for element in drawn if isinstance(element, Facts) for fact in element.items]
    chosen = next(row.value for row in rows if row.label == say("details.chosen"))
    assert isinstance(chosen, Listed)
    assert [line.key for line in chosen.items if isinstance(line, Say)] == [
        *("chip.c", "details.one_of"),
        *("chip.j", "details.one_of"),
    ]
    text = CATALOGUE.text(chosen, "ja")
    assert "どなる・ばかにする・人格を否定する\n会社のルールでは、このどれか：" in text


NESTED = re.compile(r"「[^」]*「|（[^）]*（|\([^)]*\(|“[^”]*“")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_bracket_stands_within_its_like_at_the_desk(language: str) -> None:
    case = view(
        duty(DutyKind.FOLLOW_UP, "exhausted"),
        duty(DutyKind.CARE, "exhausted"),
        duty(DutyKind.SECOND_PERSON, "answered", seats=1),
        of=report(chips=tuple(Chip), injured=True),
    )
    lines = [Line(NOW, fact, Own(ja="田中", en="Tanaka"), (Role.AREA,)) for fact in WRITTEN_DOWN]
    elements = (
        *details(POLICY, case, Written("", "花子", (Own(ja="田中", en="Tanaka"),))),
        *since_then(case, lines),
    )
    card = desk_card(POLICY, case)
    shown = [*_texts(Card(title=say("desk.details"), body=elements)), *_texts(card)]
    assert len(shown) > 30
    for phrase in shown:
        text = CATALOGUE.text(phrase, language, NOW)
        assert not [line for line in text.split("\n") if NESTED.search(line)], text


def _texts(card: Card) -> list[Phrase]:
    """Everything that a card says, sentence by sentence."""
    found: list[Phrase] = [card.title]
    for element in card.body:
        match element:
            case Paragraph() | Heading():
                found.append(element.text)
            case Facts():
                found += [part for fact in element.items for part in (fact.label, fact.value)]
            case Timeline():
                found += [line.what for line in element.items]
    return found


@pytest.mark.parametrize("language", ["ja", "en", "ja_simple"])
def test_each_answer_reads_differently_in_the_history(language: str) -> None:
    answers = [Line(NOW, "answered", None, (), answer.value) for answer in AnswerKind]
    drawn = since_then(view(of=report()), answers)
    (history,) = (each for each in drawn if isinstance(each, Timeline))
    said = [CATALOGUE.text(line.what, language, NOW) for line in history.items]
    assert len(set(said[:3])) == 3  # "cannot" is written down as declined


def test_the_desk_is_told_of_a_hint_of_self_harm_and_of_what_waits_for_an_answer() -> None:
    plain = view(of=report(), messages=())
    assert '"desk.self_harm"' not in keys(desk_card(POLICY, plain))
    assert '"desk.wrote"' not in keys(desk_card(POLICY, plain))
    told = replace(plain, health=HealthView(self_harm_hint=True))
    assert '"desk.self_harm"' in keys(desk_card(POLICY, told))
    assert '"desk.wrote"' in keys(desk_card(POLICY, view(of=report())))


@pytest.mark.parametrize("word", CareWord)
def test_the_unnamed_reporters_word_is_on_the_desks_card_and_no_card_of_the_site(
    word: CareWord,
) -> None:
    duties = (duty(DutyKind.CARE), duty(DutyKind.SECOND_PERSON))
    case = view(*duties, of=report(Visibility.UNNAMED), health=HealthView(care_word=word))
    shown = keys(desk_card(POLICY, case))
    assert ('"desk.care_not_yet"' in shown) is (word is CareWord.NOT_YET)
    assert ('"desk.care_happened"' in shown) is (word is CareWord.HAPPENED)
    # What the person says is done is no longer owed on the desk's card.
    assert ('"duty.care"' in shown) is (word is not CareWord.HAPPENED)
    shut = replace(case, health=None)  # a site's card never opens it, so that it cannot tell
    for kind in (DutyKind.CARE, DutyKind.SECOND_PERSON):
        assert site_card(POLICY, case, kind) == site_card(POLICY, shut, kind)


def test_care_for_an_unnamed_reporter_is_care_for_the_whole_shift() -> None:
    unnamed = site_card(
        POLICY, view(duty(DutyKind.CARE), of=report(Visibility.UNNAMED)), DutyKind.CARE
    )
    named = site_card(POLICY, view(duty(DutyKind.CARE), of=report()), DutyKind.CARE)
    assert '"care.text_shift"' in keys(unnamed) and NAME not in keys(unnamed)
    assert '"care.text"' in keys(named) and NAME in keys(named)
    assert '"care.step.1"' not in keys(unnamed), "steps for one person need one to be looked for"
    assert '"care.shift.1"' in keys(unnamed) and unnamed.buttons[-1].label == say("care.done_shift")
    assert '"care.step.1"' in keys(named) and named.buttons[-1].label == say("care.done")


@pytest.mark.parametrize(
    ("seats", "key"),
    [(0, "help.card.title"), (1, "help.card.title"), (2, "help.card.title.full")],
)
def test_a_call_counts_its_seats_and_stops_asking_when_they_are_full(seats: int, key: str) -> None:
    card = site_card(
        POLICY, view(duty(DutyKind.SECOND_PERSON, seats=seats)), DutyKind.SECOND_PERSON
    )
    assert f'"{key}"' in card.title.model_dump_json()
    assert f'"taken":{seats}' in card.title.model_dump_json()
    assert (Verb.COMING in verbs(card)) is (seats < 2)
    assert Verb.OVER not in verbs(card)


def test_that_it_is_over_is_offered_once_somebody_is_there() -> None:
    come = replace(duty(DutyKind.SECOND_PERSON), seats=(seat("a", AnswerKind.HERE),))
    assert Verb.OVER in verbs(site_card(POLICY, view(come), DutyKind.SECOND_PERSON))


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        (None, [Verb.COMING, Verb.COMING, Verb.TAKE_OVER, Verb.HERE, Verb.CANNOT]),
        (AnswerKind.CANNOT, [Verb.COMING, Verb.COMING, Verb.TAKE_OVER, Verb.HERE]),
        (AnswerKind.COMING, [Verb.HERE, Verb.COMING, Verb.COMING, Verb.CANNOT]),
        (AnswerKind.TAKE_OVER, [Verb.HERE, Verb.COMING, Verb.COMING, Verb.CANNOT]),
        (AnswerKind.HERE, [Verb.OVER, Verb.CANNOT]),
    ],
)
@pytest.mark.parametrize("other", [AnswerKind.COMING, AnswerKind.HERE])
def test_a_direct_message_says_who_answered_and_offers_what_its_reader_has_left_to_say(
    said: AnswerKind | None, offered: list[Verb], other: AnswerKind
) -> None:
    mine = (seat("tanaka", said),) if said else ()
    come = replace(duty(DutyKind.SECOND_PERSON), seats=(*mine, seat("kato", other)))
    for case in (view(come), view(come, of=report())):
        card = direct_card(POLICY, case, come, (Role.MANAGER,), "tanaka")
        assert [button.press.verb for button in card.buttons] == offered
        assert f"seat.{other.value}" in keys(card)
        assert said is None or f"seat.{said.value}" in keys(card)


def test_whoever_is_not_needed_can_still_say_in_a_direct_message_that_they_are_there() -> None:
    full = duty(DutyKind.SECOND_PERSON, seats=2)
    card = direct_card(POLICY, view(full), full, (Role.AREA,), "takahashi")
    assert verbs(card) == {Verb.HERE}
    over = replace(full, state="done")
    assert not direct_card(POLICY, view(over), over, (Role.AREA,), "takahashi").buttons


@pytest.mark.parametrize("came", [False, True])
def test_care_after_a_call_says_whose_it_is_and_asks_nobody_who_came_in_how_many_minutes(
    came: bool,
) -> None:
    answer = AnswerKind.HERE if came else AnswerKind.CANNOT
    called = replace(duty(DutyKind.SECOND_PERSON, state="done"), seats=(seat("a", answer),))
    care = duty(DutyKind.CARE)
    caller = SenderView(caller=Own(ja="花子", en="Hanako"))
    case = replace(view(called, care), sender=caller)
    for card in (
        site_card(POLICY, case, DutyKind.CARE),
        direct_card(POLICY, case, care, (Role.MANAGER,), "a"),
    ):
        assert case.public_id in keys(card) and "Hanako" in keys(card)
        assert (Verb.COMING in verbs(card)) is not came
        assert {Verb.TAKE_OVER, Verb.CANNOT, Verb.CARED} <= verbs(card)
        assert "answer.take_over" not in keys(card), "it is over: nobody takes over a customer"
    beside = nudge_card(POLICY, case, care, (Role.MANAGER,), ())
    assert beside.buttons == site_card(POLICY, case, DutyKind.CARE).buttons
    done = replace(case, duties=(called, replace(care, state="done")))
    assert "Hanako" not in keys(site_card(POLICY, done, DutyKind.CARE))


@pytest.mark.parametrize("language", ["ja", "en", "ja_simple"])
def test_no_button_that_asks_for_care_reads_like_one_that_asks_to_stand_by(language: str) -> None:
    second, care = duty(DutyKind.SECOND_PERSON), duty(DutyKind.CARE)
    case = view(second, care, of=report(safety=Safety.ONGOING))
    for asked in ((Role.MANAGER,), (Role.AREA,)):
        to_stand_by, to_care = (
            {
                CATALOGUE.text(button.label, language)
                for card in (
                    site_card(POLICY, case, each.kind),
                    nudge_card(POLICY, case, each, asked, ()),
                    direct_card(POLICY, case, each, asked, "a"),
                )
                for button in card.buttons
            }
            for each in (second, care)
        )
        assert to_stand_by and to_care and not to_stand_by & to_care


@pytest.mark.parametrize("answer", [AnswerKind.COMING, AnswerKind.TAKE_OVER, AnswerKind.HERE])
def test_somebody_who_is_there_is_no_longer_said_to_be_coming(answer: AnswerKind) -> None:
    come = replace(duty(DutyKind.SECOND_PERSON), seats=(seat("a", answer),))
    there = answer is AnswerKind.HERE
    for card in (caller_card(POLICY, view(come)), desk_card(POLICY, view(come))):
        shown = keys(card)
        assert ("help.here" in shown) is there and ("help.coming" in shown) is not there


def test_the_desk_is_asked_to_look_after_a_call_and_to_take_a_case() -> None:
    take = duty(DutyKind.TAKE)
    for case, key in ((view(take), "nudge.take_call"), (view(take, of=report()), "nudge.take")):
        title = nudge_card(POLICY, case, take, (Role.DESK,), ()).title
        assert isinstance(title, Say) and title.key == key


def announced(card: Card, language: str) -> str:
    return CATALOGUE.text(card.announced, language, NOW)


def test_a_phone_says_of_a_call_where_it_is_and_to_the_desk_how_urgent() -> None:
    called, take = duty(DutyKind.SECOND_PERSON), duty(DutyKind.TAKE)
    spot = POLICY.locations["store"].spots[0]
    case = replace(view(called, take), spot=spot.id, urgency=Urgency.U0)
    site = site_card(POLICY, case, DutyKind.SECOND_PERSON)
    assert announced(site, "en") == f"Please come now: Shinjuku, {spot.name.en}; 0 of 2"
    assert announced(site, "ja") == f"すぐ来てください：新宿店・{spot.name.ja}、0/2人"
    desk = desk_card(POLICY, case)
    assert "Now" in announced(desk, "en") and "Shinjuku" in announced(desk, "en")
    enough = duty(DutyKind.SECOND_PERSON, "answered", seats=2)
    card = site_card(POLICY, view(enough), DutyKind.SECOND_PERSON)
    assert card.announced == card.title


@pytest.mark.parametrize(
    ("kind", "style"), [(DutyKind.SECOND_PERSON, "clock"), (DutyKind.CARE, "dated")]
)
def test_what_is_minutes_away_has_its_clock_time_alone(kind: DutyKind, style: str) -> None:
    soon = replace(duty(kind), next_at=NOW + timedelta(minutes=3), next_roles=(Role.AREA,))
    footer = site_card(POLICY, view(soon, of=report()), kind).footer
    assert footer is not None and f'"style":"{style}"' in footer.model_dump_json()


@pytest.mark.parametrize("kind", [DutyKind.CARE, DutyKind.SECOND_PERSON])
@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_phone_says_no_place_of_a_report(visibility: Visibility, kind: DutyKind) -> None:
    case = view(duty(kind), duty(DutyKind.TAKE), of=report(visibility))
    for card in (site_card(POLICY, case, kind), desk_card(POLICY, case)):
        assert card.announced == card.title and "新宿店" not in announced(card, "ja")


@pytest.mark.parametrize("urgency", list(Urgency))
def test_in_a_full_morning_each_message_says_what_is_urgent(urgency: Urgency) -> None:
    take = duty(DutyKind.TAKE)
    case = replace(view(take, of=report()), urgency=urgency)
    title = nudge_card(POLICY, case, take, (Role.DESK,), ()).title.model_dump_json()
    urgent = urgency in (Urgency.U0, Urgency.U1, Urgency.U2)
    assert (f"urgency.{urgency.value}" in title) is urgent and case.public_id in title


@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_desk_reads_how_urgent_care_is_and_the_site_never_does(urgency: Urgency) -> None:
    care = duty(DutyKind.CARE)
    case = replace(view(care, of=report()), urgency=urgency)
    at_desk = keys(direct_card(POLICY, case, care, (Role.DESK,), "sato"))
    assert ("urgency." in at_desk) is (urgency in (Urgency.U0, Urgency.U1, Urgency.U2))
    at_site = (
        direct_card(POLICY, case, care, (Role.MANAGER,), "tanaka"),
        site_card(POLICY, case, DutyKind.CARE),
        *(nudge_card(POLICY, case, care, (role,), ()) for role in (Role.MANAGER, Role.DESK)),
    )
    assert not any("urgency." in keys(card) for card in at_site)


def test_who_cannot_come_fills_no_seat_on_the_card() -> None:
    declined = duty(DutyKind.SECOND_PERSON)
    declined = replace(declined, seats=(seat("a", AnswerKind.CANNOT),))
    card = site_card(POLICY, view(declined), DutyKind.SECOND_PERSON)
    assert '"taken":0' in card.title.model_dump_json()
    assert '"seat.cannot"' in keys(card)


@pytest.mark.parametrize("state", ["done", "closed"])
def test_a_card_whose_duty_is_over_asks_nothing(state: str) -> None:
    case = view(duty(DutyKind.SECOND_PERSON, state, seats=2), duty(DutyKind.CARE, state))
    for kind in (DutyKind.SECOND_PERSON, DutyKind.CARE):
        assert site_card(POLICY, case, kind).buttons == ()


def test_whoever_stands_by_a_report_that_was_taken_back_is_not_told_that_it_is_over() -> None:
    ended = duty(DutyKind.SECOND_PERSON, "closed", seats=2)
    case = view(ended, of=report(safety=Safety.ONGOING))
    card = site_card(POLICY, case, DutyKind.SECOND_PERSON)
    assert "second.title.over" not in keys(card) and "second.ended" in keys(card)
    beside = nudge_card(POLICY, case, ended, (Role.MANAGER,), ())
    assert "nudge.not_needed" not in keys(beside)


def test_once_a_manager_said_done_the_site_is_asked_nothing_more() -> None:
    card = site_card(POLICY, view(duty(DutyKind.CARE, "said_done"), of=report()), DutyKind.CARE)
    assert card.buttons == () and '"care.recorded"' in keys(card)


def test_there_is_no_button_for_having_seen_it() -> None:
    assert not {"seen", "ack", "ok"} & {verb.value for verb in Verb}


def test_a_stranger_reads_roles_and_never_names() -> None:
    helped = view(duty(DutyKind.SECOND_PERSON, seats=2), duty(DutyKind.CARE, seats=1))
    assert "person" not in keys(caller_card(POLICY, helped)).replace("second_person", "")
    reported = view(*helped.duties, of=report())
    shown = keys(reporter_card(POLICY, reported))
    assert "person0" not in shown and "person1" not in shown


def test_delivered_is_never_said_before_it_was() -> None:
    waiting = view(of=report(), leaves_by=NOW + timedelta(hours=1))
    for case, key in (
        (waiting, "sent.kept"),
        (replace(waiting, leaves_by=None), "sent.sending"),
        (replace(waiting, delivered_at=NOW), "sent.delivered"),
    ):
        said = {
            k
            for k in ("sent.kept", "sent.sending", "sent.delivered")
            if f'"{k}"' in keys(reporter_card(POLICY, case))
        }
        assert said == {key}


@pytest.mark.parametrize(
    ("answer", "minutes", "late"),
    [
        (AnswerKind.COMING, 3, True),  # "in two minutes", and one to look around
        (AnswerKind.COMING, 2, False),
        (AnswerKind.TAKE_OVER, 6, True),  # it names no time: five
        (AnswerKind.TAKE_OVER, 5, False),
        (AnswerKind.HERE, 30, False),
    ],
)
def test_a_promise_that_has_passed_is_called_on_the_way_nowhere(
    answer: AnswerKind, minutes: int, late: bool
) -> None:
    come = replace(duty(DutyKind.SECOND_PERSON), seats=(seat("a", answer), seat("b", answer)))
    now = NOW + timedelta(minutes=minutes)
    case = view(come, now=now)
    shown = [
        site_card(POLICY, case, DutyKind.SECOND_PERSON),
        direct_card(POLICY, case, come, (Role.MANAGER,), "a"),
        caller_card(POLICY, case),
        desk_card(POLICY, case),
        nudge_card(POLICY, case, come, (Role.MANAGER,), ()),
        site_card(POLICY, view(come, of=report(), now=now), DutyKind.SECOND_PERSON),
    ]
    assert [".overdue" in keys(card) for card in shown] == [late] * len(shown)
    assert (Verb.HERE in verbs(shown[4])) is late


def test_one_who_still_has_time_is_on_the_way_although_another_is_late() -> None:
    slow = Seat(person_id="b", answer=AnswerKind.COMING, minutes=5, at=NOW)
    seats = (seat("a"), SeatView(slow, Own(ja="b", en="b"), Role.MANAGER))
    come = replace(duty(DutyKind.SECOND_PERSON), seats=seats)
    case = view(come, now=NOW + timedelta(minutes=4))
    assert ".overdue" not in keys(site_card(POLICY, case, DutyKind.SECOND_PERSON))


def test_two_calls_at_one_site_are_told_apart_by_their_numbers() -> None:
    called = duty(DutyKind.SECOND_PERSON)
    assert "ABC3467" in keys(site_card(POLICY, view(called), DutyKind.SECOND_PERSON))


@pytest.mark.parametrize("state", ["done", "closed", "unconfirmed"])
def test_of_a_call_that_has_ended_it_is_still_read_which_it_was(state: str) -> None:
    called = duty(DutyKind.SECOND_PERSON, state)
    case = view(called, mistaken=state == "closed")
    assert "ABC3467" in keys(site_card(POLICY, case, DutyKind.SECOND_PERSON))


def test_a_call_that_others_ended_is_not_said_to_be_over_on_the_callers_word() -> None:
    for called_over, came in ((True, 1), (False, 1), (False, 0)):
        case = view(duty(DutyKind.SECOND_PERSON, "done", came), called_over=called_over)
        card = site_card(POLICY, case, DutyKind.SECOND_PERSON)
        thanks = "help.card.over" if came else "help.card.over_alone"
        key = "help.card.called_over" if called_over else thanks
        assert isinstance(card.title, Say) and card.title.key == key


@pytest.mark.parametrize("anew", [True, False])
def test_whoever_is_asked_for_care_anew_reads_that_it_has_not_happened(anew: bool) -> None:
    owed = replace(duty(DutyKind.CARE), anew=anew)
    case = view(owed, of=report())
    assert ("care.again" in keys(site_card(POLICY, case, DutyKind.CARE))) is anew
    message = nudge_card(POLICY, case, owed, (Role.MANAGER,), ())
    assert ("nudge.care_again" in keys(message)) is anew
    done = replace(owed, state="said_done")
    assert "care.again" not in keys(site_card(POLICY, view(done, of=report()), DutyKind.CARE))


@pytest.mark.parametrize("asked", [(Role.DESK,), (Role.DESK_LEAD,)])
def test_the_desk_is_asked_to_arrange_care_and_not_to_walk_there(asked: tuple[Role, ...]) -> None:
    owed = duty(DutyKind.CARE)
    hidden = report(Visibility.UNNAMED, name_site=False)
    card = direct_card(POLICY, view(owed, of=hidden), owed, asked, "ito")
    assert verbs(card) == {Verb.ARRANGES, Verb.CANNOT, Verb.CARED}
    assert "answer.sees_to_it" in keys(card) and "新宿店" not in keys(card)
    assert "answer.cannot_take_on" in keys(card), "nobody is asked to go anywhere"
    assert "ABC3467" in keys(card), "with five cases, of which it is"
    near = direct_card(POLICY, view(owed, of=hidden), owed, (Role.MANAGER,), "tanaka")
    assert "ABC3467" not in keys(near), "the site is told of no case"
    assert Verb.COMING in verbs(near)


@pytest.mark.parametrize("ended", ["unconfirmed", "done"])
@pytest.mark.parametrize("came", [True, False])
def test_late_care_after_a_call_says_whether_anybody_came_and_whether_its_caller_is_safe(
    ended: str, *, came: bool
) -> None:
    seats = (seat("a", AnswerKind.HERE),) if came else ()
    rung = Rung((Role.MANAGER,), NOW, phones=(Phone(Role.MANAGER, "03-0000-0101", SATO),))
    call = duty(DutyKind.SECOND_PERSON, ended, seats=0, rungs=(rung,))
    case = view(replace(call, seats=seats), duty(DutyKind.CARE, "exhausted"))
    shown = keys(desk_card(POLICY, case))
    assert '"desk.help.care"' in shown and "03-0000-0101" in shown
    assert ('"desk.help.lapsed"' in shown) is (ended == "unconfirmed")
    assert ('"desk.help.nobody_came"' in shown) is not came


def test_the_desk_reads_that_it_is_care_that_is_owed_after_a_call() -> None:
    take = duty(DutyKind.TAKE)
    for state, key in (("exhausted", "nudge.take_care"), ("open", "nudge.take_call")):
        case = view(take, duty(DutyKind.SECOND_PERSON, "done"), duty(DutyKind.CARE, state))
        title = nudge_card(POLICY, case, take, (Role.DESK,), ()).title
        assert isinstance(title, Say) and title.key == key


@pytest.mark.parametrize("state", ["open", "answered", "said_done", "exhausted"])
@pytest.mark.parametrize("seats", [0, 1])
def test_the_desks_card_and_the_details_say_the_same_of_care(state: str, seats: int) -> None:
    """Late care is late on both, and what everybody was asked for in vain is so on both."""
    for late in (timedelta(), timedelta(hours=1)):
        care = duty(DutyKind.CARE, state, seats)
        case = view(care, of=report(), now=NOW + late)
        said = duty_due(case, care)
        assert said.model_dump_json() in keys(desk_card(POLICY, case))
        assert ("duty.overdue" in repr(said)) is (bool(late) and state in ("open", "answered"))


def test_nothing_is_left_to_do_is_not_said_above_that_somebody_waits_for_a_talk() -> None:
    for kinds, said in (((), True), ((DutyKind.FOLLOW_UP,), False)):
        cared = duty(DutyKind.CARE, "done")
        card = desk_card(POLICY, view(cared, *map(duty, kinds), of=report(), messages=()))
        assert ("desk.owed.nothing" in keys(card)) is said


def test_who_arranges_care_at_the_desk_is_said_as_they_pressed_it_and_nobody_phones_twice() -> None:
    given = Seat(person_id="sato", answer=AnswerKind.ARRANGES, minutes=None, at=NOW)
    sato = SeatView(given, SATO, Role.DESK)
    late = NOW - timedelta(minutes=20)
    care = duty(DutyKind.CARE, "answered", seats=(sato,), due_at=late)
    case = view(duty(DutyKind.TAKE), care, of=report())
    cards = (
        site_card(POLICY, case, DutyKind.CARE),
        desk_card(POLICY, case),
        reporter_card(POLICY, case),
    )
    for card in cards:
        assert "seat.arranges" in keys(card) and "seat.take_over" not in keys(card)
    assert "duty.overdue" not in keys(desk_card(POLICY, case))
    own, other = (direct_card(POLICY, case, care, (Role.DESK,), who) for who in ("sato", "suzuki"))
    assert verbs(own) == {Verb.CARED, Verb.CANNOT} and verbs(other) == {Verb.CARED}
    assert "care.text_desk.yours" in keys(own) and "care.text_desk.taken" in keys(other)
    assert all("seat.arranges" in keys(card) for card in (own, other))


@pytest.mark.parametrize(
    ("answer", "role", "key"),
    [
        (AnswerKind.TAKE_OVER, Role.MANAGER, "seat.gives_care"),
        (AnswerKind.CANNOT, Role.MANAGER, "seat.cannot"),
        (AnswerKind.CANNOT, Role.DESK, "seat.cannot_take_on"),
    ],
)
def test_an_answer_about_care_reads_as_it_was_pressed(
    answer: AnswerKind, role: Role, key: str
) -> None:
    said = replace(seat("a", answer), role=role)
    care = duty(DutyKind.CARE, seats=(said,))
    (line,) = (
        item.what
        for element in site_card(POLICY, view(care, of=report()), DutyKind.CARE).body
        if isinstance(element, Timeline)
        for item in element.items
    )
    assert isinstance(line, Say) and line.key == key


@pytest.mark.parametrize("anew", [True, False])
def test_a_site_reads_that_the_desk_has_been_asked_for_care_and_can_answer_still(
    anew: bool,
) -> None:
    owed = replace(duty(DutyKind.CARE), anew=anew)
    message = nudge_card(POLICY, view(owed, of=report()), owed, (Role.DESK,), ())
    assert isinstance(message.title, Say) and message.title.key == "nudge.care_desk"
    assert Verb.COMING in verbs(message)


def test_a_reminder_of_a_call_says_which_and_none_of_a_report_does() -> None:
    owed = duty(DutyKind.SECOND_PERSON)
    message = nudge_card(POLICY, view(owed), owed, (Role.AREA,), ())
    assert "ABC3467" in keys(message), "two calls at once do not look alike"
    hidden = view(owed, of=report(Visibility.UNNAMED))
    assert "ABC3467" not in keys(nudge_card(POLICY, hidden, owed, (Role.AREA,), ()))


@pytest.mark.parametrize("again", [True, False])
def test_whoever_stands_there_says_so_at_once_and_nobody_is_told_of_the_desk_twice(
    again: bool,
) -> None:
    owed = duty(DutyKind.SECOND_PERSON, next_roles=())
    case = view(owed, again_at=NOW if again else None, delivered_at=NOW if again else None)
    cards = (
        site_card(POLICY, case, DutyKind.SECOND_PERSON),
        nudge_card(POLICY, case, owed, (Role.AREA,), ()),
        direct_card(POLICY, case, owed, (Role.MANAGER,), "tanaka"),
    )
    fresh = [Verb.COMING, Verb.COMING, Verb.TAKE_OVER, Verb.HERE, Verb.CANNOT]
    assert all([button.press.verb for button in card.buttons] == fresh for card in cards)
    assert ("chase.desk_next" in keys(cards[0])) is not again
