"""The main job in Teams from end to end, over HTTP with signed requests, in both languages."""

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.references import of_person
from flows.phrases import Own, Verbatim, say
from tests.adapters.teams.conftest import TRANSPORTS
from tests.adapters.teams.play import Play, playing, said
from tests.adapters.teams.walks import SHINJUKU, WORDS, first, receipt_on, reports
from tests.fake_teams.card_rules import read_text, walk
from tests.fake_teams.client import Dialog, NotThere, button
from tests.fake_teams.faults import Fault
from tests.fake_teams.tenant import Message

BY_LANGUAGE = {"ja": "employee", "en": "english"}


@pytest.fixture(params=sorted(TRANSPORTS))
async def play(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path, request.param) as made:
        yield made


def one(messages: Iterable[Message]) -> Message:
    """The only one of them."""
    (message,) = messages
    return message


def inputs(card: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a dialog."""
    return [part for part in walk(card) if str(part.get("type", "")).startswith("Input.")]


SATO = Own(ja="佐藤", en="Sato")
EVERY_LANGUAGE = pytest.mark.parametrize("language", ["ja", "en"])


@EVERY_LANGUAGE
async def test_the_whole_story_from_the_checklist_to_the_second_person(
    play: Play, language: str
) -> None:
    employee = play.person(BY_LANGUAGE[language])
    await employee.installs()
    dialog = await reports(employee, language)
    await play.works_off()

    # The desk gets a card without a word of the report, and takes the case.
    (card,) = play.shown("desk")
    assert "NAMAE" not in json.dumps(card.activity)
    desk = play.person("sato")
    shown = await desk.presses(card, said("ja", "desk.take"))
    assert said("ja", "press.recorded") in shown
    assert said("ja", "desk.take") not in shown.splitlines()
    await play.works_off()
    assert said("ja", "desk.take") not in read_text(card.card).splitlines()
    await dialog.presses(said(language, "teams.refresh"))
    assert said(language, "step.taken") in dialog.text
    assert said(language, "step.delivered") in dialog.text

    # A manager is on the way; the same manager cannot fill the second seat.
    open_seats = said("ja", "second.title", taken=0, needed=2)
    second = one(m for m in play.shown("shinjuku") if open_seats in read_text(m.card))
    manager = play.person("tanaka")
    coming = said("ja", "answer.coming", minutes=2)
    assert said("ja", "press.recorded") in await manager.presses(second, coming)
    await play.works_off()
    assert said("ja", "second.title", taken=1, needed=2) in read_text(second.card)
    assert said("ja", "press.already") in await manager.presses(second, coming)

    # Nobody fills the second seat: the clock moves on and the area manager is asked, who
    # answers on the very message that asked.
    await play.passes(4)
    shop = Verbatim(text=SHINJUKU["ja"])
    asks_area = said("ja", "nudge.second_person", roles=say("role.area"), missing=1, site=shop)
    area = play.person("takahashi")
    (reminder,) = (m for m in play.shown("shinjuku") if asks_area in read_text(m.card))
    assert said("ja", "press.recorded") in await area.presses(reminder, coming)
    await play.works_off()
    assert said("ja", "second.title.full", taken=2, needed=2) in read_text(second.card)
    settled = said("ja", "nudge.not_needed", roles=say("role.area"))
    assert settled in read_text(reminder.card)


@EVERY_LANGUAGE
async def test_the_desk_reads_and_answers_and_an_unnamed_reporter_reads_it_with_the_receipt(
    play: Play, language: str
) -> None:
    employee = play.person(BY_LANGUAGE[language])
    dialog = await reports(employee, language)
    receipt = receipt_on(dialog)
    await play.works_off()
    (card,) = play.shown("desk")
    desk = play.person("sato")
    details = await desk.opens(card, said("ja", "desk.details"))
    text = details.text
    while said("ja", "teams.more") in details.text:
        label = next(x for x in details.text.split("\n") if x.startswith(said("ja", "teams.more")))
        await details.presses(label)
        text += details.text
    assert WORDS in text
    await details.fills(said("ja", "talk.desk.label"), "We will help. ARIGATOU").presses(
        said("ja", "talk.send")
    )
    assert said("ja", "talk.sent") in details.text

    # Another day: only the receipt leads back.
    later = await first(employee, language, "teams.sent")
    await later.fills(said(language, "teams.receipt.enter"), receipt).presses(
        said(language, "teams.receipt.open")
    )
    assert "We will help. ARIGATOU" in later.text
    await later.fills(said(language, "talk.own.label"), "Thank you, TASUKARU").presses(
        said(language, "talk.send")
    )
    assert later.text.count("TASUKARU") == 1
    # Teams delivers the press again: it is the same message, and the field stays empty.
    await later.is_delivered_again()
    assert later.text.count("TASUKARU") == 1
    assert "TASUKARU" not in json.dumps(inputs(later.card))
    await play.works_off()
    assert said("ja", "desk.wrote") in read_text(card.card)
    assert "TASUKARU" not in json.dumps(card.activity)


@EVERY_LANGUAGE
async def test_help_is_one_more_tap_and_the_caller_sees_who_comes(
    play: Play, language: str
) -> None:
    employee = play.person(BY_LANGUAGE[language])
    dialog = await first(employee, language, "first.help")
    await dialog.presses(SHINJUKU[language])
    assert said(language, "help.title") in dialog.text
    await play.works_off()
    calls = play.shown("shinjuku")
    assert calls
    assert any(employee.user.name in read_text(m.card) for m in calls)
    assert not any(said("ja", "help.card.poster") in read_text(m.card) for m in calls)
    coming = said("ja", "answer.coming", minutes=2)
    card = next(m for m in calls if coming in read_text(m.card))
    assert "<at>" in json.dumps(card.activity)
    await play.person("tanaka").presses(card, coming)
    await dialog.presses(said(language, "teams.refresh"))
    assert said(language, "help.coming") in dialog.text
    await dialog.presses(said(language, "help.fine"))
    assert said(language, "help.over.title") in dialog.text


async def test_somebody_of_the_roster_with_one_site_calls_with_one_tap(play: Play) -> None:
    dialog = await first(play.person("yamamoto"), "ja", "first.help")
    assert said("ja", "help.title") in dialog.text


async def test_a_person_asked_directly_answers_in_their_own_chat(play: Play) -> None:
    await first(play.person("yamamoto"), "ja", "first.help")
    await play.works_off()
    tanaka = play.person("tanaka")
    (direct,) = tanaka.messages()
    coming = said("ja", "answer.coming", minutes=5)
    assert said("ja", "press.recorded") in await tanaka.presses(direct, coming)
    # A stranger who forges the same press in a chat of their own changes nothing.
    stranger = play.person("employee")
    forged = stranger.activity(
        "invoke",
        stranger.chat,
        name="adaptiveCard/action",
        value={"action": tanaka._action(direct, coming)},
        replyToId=direct.id,
    )
    answered = await play.teams.deliver(forged)
    assert answered.body["value"] == said("ja", "press.not_yours")


async def test_who_is_in_danger_from_others_is_shown_help_first(play: Play) -> None:
    (card,) = await play.person("employee").says("助けて、殴られた")
    read = read_text(card.card)
    assert read.split("\n")[0] == said("ja", "safe.d")
    assert read.index(said("ja", "first.help")) < read.index(said("ja", "sent.talk_now"))
    assert "助けて、殴られた" not in json.dumps(card.activity, ensure_ascii=False)


async def test_who_may_hurt_themselves_is_shown_the_lines_that_listen_first(play: Play) -> None:
    (card,) = await play.person("employee").says("もう死にたい")
    assert read_text(card.card).split("\n")[0] == said("ja", "sent.talk_now")


async def test_a_longer_text_is_answered_that_nobody_has_got_it(play: Play) -> None:
    wrote = "お客さんに30分怒鳴られました。土下座しろと言われました。"
    (card,) = await play.person("employee").says(wrote)
    read = read_text(card.card)
    assert said("ja", "first.not_sent") in read and said("ja", "first.nothing_kept") not in read


async def test_a_running_call_opens_from_help_and_leads_to_another_site(play: Play) -> None:
    employee = play.person("employee")
    call = await first(employee, "ja", "first.help")
    await call.presses("新宿店")
    again = await first(employee, "ja", "first.help")
    assert said("ja", "help.title") in again.text
    await again.presses(said("ja", "help.elsewhere"))
    assert said("ja", "site.for_help_elsewhere") in again.text
    await again.presses("四谷店")
    assert said("ja", "help.title") in again.text


async def test_what_was_put_aside_goes_on_where_it_stopped(play: Play) -> None:
    employee = play.person("employee")
    dialog = await first(employee, "ja", "first.check")
    await dialog.presses(said("ja", "safe.o"))
    await dialog.presses(said("ja", "teams.later"))
    assert said("ja", "teams.later.kept") in dialog.text
    waiting = employee.messages()[-1]
    assert said("ja", "acts.title") not in read_text(waiting.card)
    again = await employee.opens(waiting, said("ja", "teams.later.open"))
    assert said("ja", "acts.title") in again.text


async def test_what_could_not_be_put_aside_stays_on_the_screen_to_go_on_or_press_again(
    play: Play,
) -> None:
    employee = play.person("employee")
    dialog = await first(employee, "ja", "first.check")
    await dialog.presses(said("ja", "safe.o"))
    play.connector.faults.add(Fault(status=403, code="MessageWritesBlocked"))
    await dialog.chooses(said("ja", "chip.c")).presses(said("ja", "teams.later"))
    assert said("ja", "problem.not_kept") in dialog.text
    assert said("ja", "acts.title") in dialog.text
    await dialog.presses(said("ja", "button.next"))
    assert said("ja", "effects.title") in dialog.text  # what was chosen is chosen still
    await dialog.presses(said("ja", "teams.later"))
    assert said("ja", "teams.later.kept") in dialog.text


async def test_the_language_changes_and_what_was_filled_in_stays(play: Play) -> None:
    dialog = await first(play.person("employee"), "ja", "first.check")
    await dialog.presses(said("ja", "safe.o"))
    await dialog.chooses(said("ja", "chip.c")).presses("English")
    assert said("en", "acts.title") in dialog.text
    await dialog.presses(said("en", "button.next"))
    assert said("en", "effects.title") in dialog.text


async def test_the_language_chosen_in_a_dialog_is_the_chats_from_then_on(play: Play) -> None:
    employee = play.person("employee")
    (card,) = await employee.says("hello")
    dialog = await employee.opens(card, "やさしい日本語")
    assert said("ja_simple", "first.question") in dialog.text
    (card, *_) = await employee.says("しにたい")
    assert said("ja_simple", "sent.talk_now") in read_text(card.card)
    waiting = await first(play.person("english"), "en", "first.check")
    await waiting.presses("日本語")
    await waiting.presses(said("ja", "safe.o"))
    await waiting.presses(said("ja", "teams.later"))
    again = await play.person("english").opens(
        play.person("english").messages()[-1], said("ja", "teams.later.open")
    )
    assert said("ja", "acts.title") in again.text


async def test_back_help_and_the_policy_are_one_press_away(play: Play) -> None:
    dialog = await first(play.person("employee"), "ja", "first.check")
    await dialog.presses(said("ja", "safe.o"))
    await dialog.presses(said("ja", "teams.back"))
    assert said("ja", "safe.title") in dialog.text
    await dialog.presses(said("ja", "teams.help"))
    assert said("ja", "site.for_help") in dialog.text
    assert said("ja", "teams.help") not in dialog.text, "it would only draw this again"
    assert said("ja", "teams.later") not in dialog.text
    policy = await first(play.person("employee"), "ja", "teams.policy")
    assert said("ja", "policy.page.title") in policy.text


async def test_no_chat_message_is_made_because_somebody_reported_without_a_name(play: Play) -> None:
    employee = play.person("employee")
    await reports(employee, "ja")
    await play.works_off()
    assert len(employee.messages()) == 1


@EVERY_LANGUAGE
async def test_before_a_report_without_a_name_the_page_that_knows_nobody_stands_beside(
    play: Play, language: str
) -> None:
    dialog = await first(play.person(BY_LANGUAGE[language]), language, "first.check")
    assert said(language, "teams.only_web") not in dialog.text
    await dialog.presses(said(language, "safe.v"))
    await dialog.chooses(said(language, "chip.c")).presses(said(language, "button.next"))
    await dialog.chooses(said(language, "effects.f")).presses(said(language, "button.next"))
    await dialog.presses(said(language, "demand.r"))
    await dialog.presses(said(language, "result.send"))
    await dialog.presses(SHINJUKU[language])
    assert said(language, "teams.only_web") in dialog.text
    link = button(dialog.card, said(language, "teams.web"))
    assert (link["type"], link["url"]) == ("Action.OpenUrl", "https://mamori.example")


async def turns_to(details: Dialog, label: str) -> Dialog:
    """Turns pages of a dialog until this button or field stands on one."""
    for _ in range(9):
        if label in details.text:
            return details
        more = [line for line in details.text.split("\n") if line.startswith(MORE)]
        await details.presses(more[0])
    raise NotThere(label)


async def nobody_is_alone(play: Play) -> None:
    """Two managers come, and one of them, once there, says that it is over."""
    coming = said("ja", "answer.coming", minutes=2)
    seats = said("ja", "second.title", taken=0, needed=2)
    card = one(m for m in play.shown("shinjuku") if seats in read_text(m.card))
    for name in ("tanaka", "yamamoto"):
        await play.person(name).presses(card, coming)
    for label in ("answer.here", "second.over"):
        await play.works_off()
        await play.person("tanaka").presses(card, said("ja", label))


MORE = said("ja", "teams.more")


@EVERY_LANGUAGE
async def test_the_desk_works_a_case_to_its_end_and_what_is_written_then_takes_it_up_again(
    play: Play, language: str
) -> None:
    def ja(key: str) -> str:
        return said("ja", key)

    dialog = await reports(play.person(BY_LANGUAGE[language]), language)
    await play.works_off()
    (card,) = play.shown("desk")
    desk = play.person("sato")
    await desk.presses(card, ja("desk.take"))

    async def at(label: str) -> Dialog:
        return await turns_to(await desk.opens(card, ja("desk.details")), label)

    # Too early: the desk is told what is still owed.
    early = await (await at(ja("desk.close"))).presses(ja("desk.close"))
    first = said("ja", "press.close_first.one", duty=say("duty.second_person"))
    before_closing = said("ja", "press.close_first", duties=Verbatim(text=first))
    assert early.text.startswith(f"{before_closing}\n"), "a line for each"
    await nobody_is_alone(play)
    details = await desk.opens(card, ja("desk.details"))
    while ja("desk.done") in details.text.splitlines():
        await details.presses(ja("desk.done"))
    writes = await at(ja("talk.desk.label"))
    await writes.fills(ja("talk.desk.label"), "He may not come back.").presses(
        ja("desk.tell_outcome")
    )
    notes = await at(ja("desk.measure.label"))
    await notes.fills(ja("desk.measure.label"), "Two at the till").presses(ja("desk.measure.send"))
    await (await at(ja("response.warn"))).presses(ja("response.warn"))
    await (await at(ja("desk.close"))).presses(ja("desk.close"))
    await play.works_off()
    assert ja("desk.closed") in read_text(card.card)
    assert "till" not in json.dumps(card.activity)

    await dialog.presses(said(language, "teams.refresh"))
    assert said(language, "step.closed") in dialog.text
    assert "He may not come back." in dialog.text
    await dialog.fills(said(language, "talk.own.label"), "He is back.").presses(
        said(language, "talk.send")
    )
    await play.works_off()
    assert ja("desk.closed") not in read_text(card.card)


async def test_two_of_the_desk_see_one_case_and_one_of_them_takes_it(play: Play) -> None:
    await reports(play.person("employee"), "ja")
    await play.works_off()
    (card,) = play.shown("desk")
    first_one, other = play.person("sato"), play.person("suzuki")
    seen_by_both = dict(card.activity)
    assert said("ja", "press.recorded") in await first_one.presses(card, said("ja", "desk.take"))
    # The colleague's client still shows the card from before.
    card.activity = seen_by_both
    late = await other.presses(card, said("ja", "desk.take"))
    assert said("ja", "press.taken", name=SATO) in late


async def test_a_reminder_to_the_desk_opens_the_case_where_it_is_read(play: Play) -> None:
    await reports(play.person("employee"), "ja")
    await play.works_off()
    (card,) = play.shown("desk")
    sato = play.person("sato")
    await sato.presses(card, said("ja", "desk.take"))
    for _ in range(30):
        await play.passes(minutes=3 * 60)
    reminder = next(m for m in play.shown("desk") if said("ja", "due.reply") in read_text(m.card))
    opened = await sato.opens(reminder, said("ja", "desk.details"))
    text = read_text(opened.card)
    assert WORDS in text and text.count(said("ja", "details.opened_is_logged")) == 1


async def test_a_burst_of_reports_is_a_few_cards_and_one_list(play: Play) -> None:
    for _ in range(9):
        await reports(play.person("employee"), "ja", now="safe.v")
        play.world.clock.passes(seconds=3)
    await play.works_off()
    shown = play.shown("desk")
    assert len(shown) < 9
    assert any(read_text(m.card).count("\n") > 9 for m in shown)


@EVERY_LANGUAGE
async def test_whom_the_bot_may_write_to_is_told_that_there_is_something_and_nothing_else(
    play: Play, language: str
) -> None:
    employee = play.person(BY_LANGUAGE[language])
    receipt = receipt_on(await reports(employee, language, back="back.w"))
    other = play.person(BY_LANGUAGE["en" if language == "ja" else "ja"])
    await reports(other, "en" if language == "ja" else "ja")
    await play.works_off()
    for card in play.shown("desk"):
        details = await turns_to(
            await play.person("sato").opens(card, said("ja", "desk.details")),
            said("ja", "talk.desk.label"),
        )
        await details.fills(said("ja", "talk.desk.label"), "ARIGATOU").presses(
            said("ja", "talk.send")
        )
    before = len(employee.messages()), len(other.messages())
    await play.passes(61)
    assert (len(employee.messages()), len(other.messages())) == (before[0] + 1, before[1])
    told = employee.messages()[-1]
    read = read_text(told.card)
    assert read.split("\n")[0] == told.activity["summary"] == said("ja", "push.title")
    for line in (
        "お知らせがあります",
        "There is something for you",
        "Open Mamori when you are alone.",
    ):
        assert line in read  # their language is kept nowhere
    assert "ARIGATOU" not in json.dumps(told.activity)
    again = await employee.opens(told, said("ja", "teams.push.sent"))
    await again.fills(said(language, "teams.receipt.enter"), receipt).presses(
        said(language, "teams.receipt.open")
    )
    assert "ARIGATOU" in again.text
    assert await play.references.find(of_person(employee.user.entra_id)) is None


async def test_the_case_is_taken_where_the_desk_is_asked_to_speak_with_somebody(play: Play) -> None:
    """That message says what the talk is about: drawn anew by the press, it does so still."""
    employee, desk = play.person("employee"), play.person("sato")
    dialog, send = await reports(employee, "ja"), said("ja", "talk.send")
    await play.works_off()
    await dialog.fills(said("ja", "talk.own.label"), "もう死にたい").presses(send)
    await play.works_off()
    title = said("ja", "nudge.follow_up", id=Verbatim(text=""), roles=say("role.desk"))
    talk = title.partition("】")[2]
    asks = one(m for m in play.shown("desk") if talk in read_text(m.card))
    assert said("ja", "press.recorded") in await desk.presses(asks, said("ja", "desk.take"))
    assert talk in read_text(asks.card)
