"""A conversation in a modal, whatever happens to it on the way."""

import asyncio
import logging
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, func, select

from storage.tables import metadata
from tests.adapters.slack.office import DESK, SHINJUKU, Office, said
from tests.adapters.slack.walks import (
    answers_the_checklist,
    chooses_the_site,
    files_without_a_name,
    receipt_of,
    with_button,
)
from tests.fake_slack import Fault, Kind, Person

EN = "en"


async def at_the_review(person: Person, visibility: str = "who.u") -> None:
    await person.commands("/mamori")
    await answers_the_checklist(person, EN)
    await person.taps(said(EN, "result.send"))
    await chooses_the_site(person, EN)
    await person.picks(said(EN, visibility))
    await person.submits()
    assert said(EN, "review.title") in person.modal.read


@pytest.fixture
def john(office: Office) -> Person:
    return office.person("john")


async def test_all_ways_in_lead_to_the_first_screen(office: Office, john: Person) -> None:
    question = said(EN, "first.question")
    await john.writes("anything at all")
    assert question in john.chat[-1].read
    await john.opens_home()
    assert question in john.home.read
    await john.uses_shortcut("mamori_open")
    assert question in john.modal.read
    john.closes()
    await john.commands("/mamori", "my manager's customer is awful")
    assert question in john.modal.read
    assert len(john.chat) == 2  # theirs and one answer: no other way in writes a message


async def test_what_is_typed_to_the_bot_or_after_the_command_is_nowhere(
    office: Office, john: Person, tmp_path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await john.writes("CANARYONE he hits me")
    await john.commands("/mamori", "CANARYTWO")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("mamori.db*"))
    for canary in ("CANARYONE", "CANARYTWO"):
        assert canary.encode() not in kept and canary not in caplog.text
        assert all(canary not in str(call.given) for call in office.slack.calls)


@pytest.mark.parametrize("words", ["he has a knife", "刃物を持っている"])
async def test_words_of_danger_after_the_command_bring_help_first(john: Person, words: str) -> None:
    await john.commands("/mamori", words)
    read = john.modal.read
    assert said(EN, "safe.d") in read and read.index("110") < read.index(said(EN, "first.question"))
    john.closes()
    await john.commands("/mamori", "死にたい")
    read = john.modal.read
    assert read.index(said(EN, "sent.talk_now")) < read.index(said(EN, "first.question"))


async def test_a_longer_text_is_answered_that_nobody_has_got_it(john: Person) -> None:
    await john.writes("A customer shouted at me for half an hour. My name is John.")
    assert said(EN, "first.not_sent") in john.chat[-1].read
    assert said(EN, "first.nothing_kept") not in john.chat[-1].read


async def test_a_receipt_number_in_the_chat_is_answered_with_where_to_open_it(john: Person) -> None:
    await john.writes("1" * 25)
    read = john.chat[-1].read
    assert said(EN, "first.receipt") in read and said(EN, "first.receipt.chat") in read
    await john.commands("/mamori", "1" * 25)  # which Slack puts into no chat
    read = john.modal.read
    assert said(EN, "first.receipt") in read and said(EN, "first.receipt.chat") not in read


async def test_a_message_that_is_delivered_again_after_a_restart_is_answered_once(
    office: Office, john: Person
) -> None:
    await john.writes("hello")
    assert await comes_again(office) == 200
    assert office.calls("chat.postMessage") == ["chat.postMessage"]


@pytest.mark.parametrize("kind", [Kind.THROTTLED, Kind.STATUS, Kind.DROPPED_BEFORE])
async def test_a_message_whose_answer_was_not_taken_is_answered_when_it_comes_again(
    office: Office, john: Person, kind: Kind
) -> None:
    office.slack.faults.append(Fault(kind, "chat.postMessage"))
    assert (await john.writes("助けて")).status == 503
    assert await comes_again(office) == 200
    assert "110" in john.chat[-1].read


async def test_a_message_whose_answering_broke_is_answered_when_it_comes_again(
    office: Office, john: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as during:
        during.setattr("bot.endings.newest_call", cannot)
        assert (await john.writes("助けて")).status == 503
    office.clock.passes(minutes=1)
    assert await comes_again(office) == 200
    assert said(EN, "first.question") in john.chat[-1].read


async def cannot(*_given: object) -> None:
    """Whatever asks the database while it is away."""
    raise OSError


async def comes_again(office: Office) -> int:
    """Slack delivers its latest request again, after a restart; the status of the answer."""
    body, headers = office.slack.delivered[-1]
    office.site.doorman._seen.clear()  # what a restart forgets
    return (await office.slack.posts(body, headers)).status


@pytest.mark.parametrize(
    "text", ["助けて", "死にたい", "HELP ME please", "he has a KNIFE, has a knife", "もう消えたい"]
)
async def test_words_of_danger_bring_the_numbers_before_everything(
    office: Office, john: Person, text: str
) -> None:
    await john.writes(text)
    read = john.chat[-1].read
    assert read.index("110") < read.index(said(EN, "first.question"))


@pytest.mark.parametrize(("text", "help_first"), [("殺される 助けて", True), ("死にたい", False)])
async def test_whom_others_endanger_reads_of_help_first_and_whom_nobody_does_of_the_lines(
    office: Office, john: Person, text: str, help_first: bool
) -> None:
    await john.writes(text)
    read = john.chat[-1].read
    assert (
        read.index(said(EN, "first.help")) < read.index(said(EN, "sent.talk_now"))
    ) is help_first


@pytest.mark.parametrize(("text", "danger"), [("he has a knife", True), ("", False)])
async def test_a_photo_is_answered_like_words_and_so_are_the_words_with_it(
    office: Office, john: Person, text: str, danger: bool
) -> None:
    await john.writes(text, photo=True)
    assert said(EN, "first.question") in john.chat[-1].read
    assert ("110" in john.chat[-1].read) is danger


@pytest.mark.parametrize("subtype", ["me_message", "thread_broadcast"])
async def test_whatever_way_somebody_writes_is_answered(
    office: Office, john: Person, subtype: str
) -> None:
    event = {"type": "message", "channel": "D0JOHN", "channel_type": "im", "user": "U0JOHN"}
    await john.event({**event, "subtype": subtype, "text": "x"})
    assert said(EN, "first.question") in john.chat[-1].read


async def test_ordinary_words_bring_the_card_alone(office: Office, john: Person) -> None:
    await john.writes("good morning")
    assert "110" not in john.chat[-1].read


async def test_the_bots_own_messages_and_edits_are_answered_with_nothing(
    office: Office, john: Person
) -> None:
    for more in ({"bot_id": "B0MAMORI"}, {"subtype": "message_changed"}):
        event = {"type": "message", "channel": "D0JOHN", "channel_type": "im", "user": "U0JOHN"}
        assert (await john.event({**event, "text": "x", **more})).status == 200
    assert not office.calls("chat.postMessage")


async def test_language_changes_the_screen_and_loses_nothing(office: Office, john: Person) -> None:
    await at_the_review(john, "who.n")
    john.types(said(EN, "review.words"), "what was said")
    john.types(said(EN, "review.name"), "John")
    await john.picks("日本語")
    assert said("ja", "review.title") in john.modal.read
    await john.picks("やさしい日本語")
    await john.submits()
    assert said("ja_simple", "sent.title") in john.modal.read
    # From here on they are spoken to in the language they chose.
    john.closes()
    await john.writes("again")
    assert said("ja_simple", "first.question") in john.chat[-1].read


async def test_app_home_remembers_the_language_over_a_restart(office: Office, john: Person) -> None:
    await john.opens_home()
    await john.picks("日本語", john.home)
    office.site.people._chosen.clear()
    await john.opens_home()
    assert said("ja", "first.question") in john.home.read
    await john.taps_at_home(said("ja", "slack.policy"))
    assert said("ja", "policy.page.title") in john.modal.read
    await john.picks("English")
    assert said(EN, "policy.page.title") in john.modal.read


async def test_app_home_speaks_the_language_of_somebodys_slack_once_slack_tells(
    office: Office, john: Person
) -> None:
    office.slack.faults.append(Fault(Kind.THROTTLED, "users.info", times=2))
    await john.opens_home()
    assert said("ja", "first.question") in john.home.read
    await john.opens_home()
    assert said(EN, "first.question") in john.home.read
    space = office.slack.space
    space.users[john.id] = replace(space.users[john.id], locale="ja-JP")
    office.clock.passes(minutes=90)
    await john.opens_home()
    assert said("ja", "first.question") in john.home.read


async def test_a_language_chosen_in_a_modal_is_app_homes_too_over_a_restart(
    office: Office, john: Person
) -> None:
    await john.opens_home()
    await john.picks("日本語", john.home)
    await john.taps_at_home(said("ja", "first.check"))
    await john.picks("やさしい日本語")
    assert said("ja_simple", "first.check") in john.home.read
    office.site.people._chosen.clear()
    await john.opens_home()
    assert said("ja_simple", "first.check") in john.home.read


async def test_a_language_chosen_while_app_home_cannot_be_drawn_is_on_the_modal_at_least(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    office.slack.faults.append(Fault(Kind.THROTTLED, "views.publish"))
    assert (await john.picks("日本語")).status == 200
    assert said("ja", "first.question") in john.modal.read


async def test_what_is_missing_is_said_and_every_word_stays(office: Office, john: Person) -> None:
    await at_the_review(john, "who.n")
    john.types(said(EN, "review.words"), "what was said")
    await john.submits()
    # At the field itself: the top of so long a modal is out of sight.
    assert john.errors == {"review.t.name.0": said(EN, "problem.name_missing")}
    john.types(said(EN, "review.name"), "John")
    john.types(said(EN, "review.call"), "ABC")
    await john.submits()
    assert list(john.errors.values()) == [said(EN, "problem.call_number")]
    john.types(said(EN, "review.call"), "")
    await john.submits()
    await office.settles()
    await office.person("sato").taps_in(office.messages(DESK)[0], said("ja", "desk.details"))
    assert "what was said" in office.person("sato").modal.read


async def test_what_is_not_chosen_is_said_at_what_is_to_choose_from(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    await john.taps(said(EN, "safe.v"))
    await john.submits()
    assert john.errors == {"acts.g.acts.0": said(EN, "acts.missing")}
    await john.picks(said(EN, "chip.c"))
    await john.submits()
    assert not john.errors


async def test_what_could_not_be_saved_is_said_and_is_sent_once_in_the_end(
    office: Office, john: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at_the_review(john)
    john.types(said(EN, "review.words"), "what was said")

    async def broken(*given: object) -> None:
        raise OSError("disk full: what was said")

    with monkeypatch.context() as patched:
        patched.setattr("bot.endings.file_report", broken)
        reply = await john.submits()
    assert reply.status == 200
    assert said(EN, "problem.not_saved") in john.modal.read
    await john.submits()
    assert receipt_of(john)
    assert await cases(office) == 1


async def test_back_help_and_language_stand_in_one_row_on_every_screen(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    for _ in range(3):
        row = next(b for b in john.modal.shown["blocks"] if b["block_id"].startswith("nav"))
        assert [e["action_id"] for e in row["elements"]] == [
            "nav.help", "nav.back", "nav.language",
        ]  # fmt: skip
        if said(EN, "acts.title") in john.modal.read:
            break
        await john.taps(said(EN, "safe.o"))


async def test_help_from_a_stale_or_forged_screen_still_calls(office: Office, john: Person) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    john.modal.shown["private_metadata"] = '{"token":"forged","language":"en"}'
    await john.taps(said(EN, "slack.help"))
    await chooses_the_site(john, EN)
    assert said(EN, "help.title") in john.modal.read
    assert await cases(office) == 1


@pytest.mark.parametrize("metadata", ["", "{}", "x", '{"token":"é"}', '{"language":"xx"}'])
async def test_a_screen_that_opens_nothing_starts_again(
    office: Office, john: Person, metadata: str
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    john.modal.shown["private_metadata"] = metadata
    reply = await john.taps(said(EN, "safe.v"))
    assert reply.status == 200
    assert said(EN, "again.title") in john.modal.read
    await john.taps(said(EN, "slack.home"))
    assert said(EN, "first.question") in john.modal.read


async def test_somebody_elses_screen_opens_nothing(office: Office, john: Person) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    eve = office.person("eve")
    await eve.commands("/mamori")
    await eve.taps(said(EN, "first.check"))
    eve.modal.shown["private_metadata"] = john.modal.shown["private_metadata"]
    await eve.taps(said(EN, "safe.v"))
    assert said(EN, "again.title") in eve.modal.read


async def test_who_is_interrupted_goes_on_from_the_chat_and_nothing_there_can_be_read(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.check"))
    await john.taps(said(EN, "safe.o"))
    await john.picks(said(EN, "chip.c"))
    await john.submits()
    step = john.modal.read
    await john.taps(said(EN, "slack.later"))
    assert said(EN, "slack.later.kept") in john.modal.read
    john.closes()
    (card,) = john.chat
    assert said(EN, "chip.short.c") not in card.read and said(EN, "safe.o") not in card.read
    await john.taps_in(card, said(EN, "slack.later.open"))
    assert john.modal.read == step
    eve = office.person("eve")
    await eve.acts_in(card, {
        "type": "button", "action_id": "door.resume", "block_id": "b",
        "value": card.blocks[-1]["elements"][0]["value"],
    })  # fmt: skip
    assert said("en", "again.title") in eve.modal.read


async def test_who_goes_on_from_the_chat_reads_that_the_choices_of_the_review_are_to_be_made_again(
    john: Person,
) -> None:
    await at_the_review(john)
    await john.picks(said(EN, "blur.now"))
    await john.taps(said(EN, "slack.later"))
    john.closes()
    await john.taps_in(john.chat[-1], said(EN, "slack.later.open"))
    assert said(EN, "later.choose_again") in john.modal.read


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.ERROR, Kind.SILENT_BEFORE, Kind.THROTTLED])
async def test_who_wants_to_go_on_later_keeps_the_question_until_the_chat_has_the_way_back(
    office: Office, john: Person, kind: Kind
) -> None:
    office.site.api.call_seconds = 0.2
    await at_the_review(john)
    john.types(said(EN, "review.words"), "what was said")
    office.slack.faults.append(Fault(kind, "chat.postMessage"))
    await john.taps(said(EN, "slack.later"))
    assert not john.chat and said(EN, "slack.later.kept") not in john.modal.read
    assert said(EN, "problem.not_kept") in john.modal.read
    assert said(EN, "review.title") in john.modal.read and "what was said" in str(john.modal.values)
    await john.taps(said(EN, "slack.later"))
    assert said(EN, "slack.later.kept") in john.modal.read and len(john.chat) == 1


async def test_a_running_call_opens_from_help_and_leads_to_another_site(john: Person) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.help"))
    await john.taps("Shinjuku store · Shinjuku area")
    number = john.modal.read.splitlines()[-1]
    john.closes()
    await john.commands("/mamori")
    await john.taps(said(EN, "first.help"))
    assert john.modal.read.splitlines()[-1] == number
    await john.taps(said(EN, "help.elsewhere"))
    assert said(EN, "site.for_help_elsewhere") in john.modal.read
    await john.taps("Call centre · Tachikawa area")
    assert said(EN, "help.title") in john.modal.read
    assert john.modal.read.splitlines()[-1] != number


async def test_app_home_leads_back_to_a_call_that_nobody_is_left_to_answer(
    office: Office, john: Person
) -> None:
    await john.opens_home()
    await john.taps_at_home(said(EN, "first.help"))
    await john.taps("Shinjuku store · Shinjuku area")
    number = john.modal.read.splitlines()[-1]
    john.closes()
    await office.passes(minutes=12)
    await john.opens_home()
    assert said(EN, "first.nobody_left") in john.home.read
    await john.taps_at_home(said(EN, "first.help"))
    assert john.modal.read.splitlines()[-1] == number
    assert said(EN, "press.called_again") in john.modal.read
    await john.taps(said(EN, "help.fine"))
    await john.opens_home()
    assert said(EN, "first.nobody_left") not in john.home.read and await cases(office) == 1


async def test_a_double_tap_is_one_tap(office: Office, john: Person) -> None:
    await at_the_review(john)
    await john.picks(said(EN, "blur.now"))
    await john.submits()
    body, headers = office.slack.delivered[-1]
    other = dict(headers) | office.slack.signature(body, office.clock.now().timestamp() + 1)
    assert (await office.slack.posts(body, other)).status == 200
    assert await cases(office) == 1


async def test_when_updates_come_too_fast_screens_take_the_modals_own_button(
    office: Office, john: Person
) -> None:
    waits: list[float] = []

    async def at_once(seconds: float) -> None:
        waits.append(seconds)

    office.site.stage._sleep = at_once
    await john.commands("/mamori")
    office.slack.faults.append(Fault(Kind.THROTTLED, "views.update", retry_after="2"))
    await john.taps(said(EN, "first.check"))
    await office.site.stage.settle()
    assert waits == [2]
    assert said(EN, "safe.title") in john.modal.read
    updates = office.calls("views.update")
    await john.picks(said(EN, "safe.v"))
    await john.submits()
    assert said(EN, "acts.title") in john.modal.read
    assert office.calls("views.update") == updates
    office.clock.passes(minutes=2)
    await john.picks(said(EN, "chip.c"))
    await john.submits()
    assert not any("by_submit" in block["block_id"] for block in john.modal.shown["blocks"])


async def test_a_press_that_comes_too_late_for_a_modal_is_answered_in_the_chat(
    office: Office, john: Person
) -> None:
    await john.writes("hello")
    office.clock.passes(seconds=1)
    office.slack.faults.append(Fault(Kind.ERROR, "views.open", error="expired_trigger_id"))
    await john.taps_in(john.chat[-1], said(EN, "first.help"))
    assert not john.has_modal
    assert said(EN, "slack.failed") in john.chat[-1].read


async def test_a_press_on_ones_own_case_leaves_the_receipt_there(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    receipt = await files_without_a_name(john, EN)
    john.types(said(EN, "talk.own.label"), "one more thing")
    await john.submits()
    assert receipt_of(john) == receipt
    assert "one more thing" in john.modal.read
    assert all(
        state.get("value") is None
        for block in john.modal.values.values()
        for name, state in block.items()
        if name.startswith("t.")
    )
    await john.submits()
    assert list(john.errors.values()) == [said(EN, "problem.nothing_written")]
    await john.picks("日本語")
    assert receipt_of(john) == receipt


@pytest.mark.parametrize("language", ["ja", "ja_simple", "en"])
async def test_the_receipt_stands_above_all_there_is_to_read_and_nothing_looks_unsent(
    office: Office, john: Person, language: str
) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    receipt = await files_without_a_name(john, EN)
    await john.picks({"ja": "日本語", "ja_simple": "やさしい日本語", "en": "English"}[language])
    read = john.modal.read
    assert read.index(said(language, "sent.title")) < read.index(receipt)
    assert read.index(receipt) < read.index(said(language, "sent.steps"))
    own_button = john.modal.shown["submit"]["text"]
    assert own_button == said(language, "slack.send_words") != said(language, "talk.send")


async def test_words_that_are_delivered_again_stand_there_once_even_after_a_restart(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await files_without_a_name(john, EN)
    john.types(said(EN, "talk.own.label"), "one more thing")
    await john.submits()
    body, headers = office.slack.delivered[-1]
    office.site.doorman._seen.clear()
    assert (await office.slack.posts(body, headers)).status == 200
    await john.taps(said(EN, "slack.refresh"))
    assert john.modal.read.count("one more thing") == 1


async def test_a_callers_screen_shows_who_comes_by_itself(office: Office, john: Person) -> None:
    live = office.site.live
    await john.commands("/mamori")
    await john.taps(said(EN, "first.help"))
    await chooses_the_site(john, EN)
    assert said(EN, "help.waiting") in john.modal.read
    await office.settles()
    await office.person("tanaka").taps_in(
        with_button(office.messages(SHINJUKU), said("ja", "answer.take_over")),
        said("ja", "answer.take_over"),
    )
    await live.refresh()
    assert said(EN, "help.coming") in john.modal.read
    updates = len(office.calls("views.update"))
    await live.refresh()
    assert len(office.calls("views.update")) == updates  # nothing changed, nothing sent
    john.closes()
    await office.person("yamamoto").taps_in(
        with_button(office.messages(SHINJUKU), said("ja", "answer.cannot")),
        said("ja", "answer.cannot"),
    )
    await live.refresh()
    await live.refresh()
    assert len(office.calls("views.update")) <= updates + 1  # a closed screen is let go


async def test_screens_are_looked_after_until_the_service_stops(office: Office) -> None:
    bell, looks = office.service.bell, 0

    async def looked() -> None:
        nonlocal looks
        looks += 1

    async def until_stopped(_seconds: float) -> None:
        bell.close()

    office.site.live.refresh = looked
    office.site.live._watched["V1"] = object()
    watching = asyncio.create_task(office.site.live.run(bell, until_stopped))
    await asyncio.sleep(0)
    bell.ring()
    async with asyncio.timeout(5):
        await watching
    assert looks == 1


async def test_a_report_is_never_watched(office: Office, john: Person) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    await files_without_a_name(john, EN)
    assert not office.site.live._watched


async def test_who_may_report_without_a_name_reads_what_slack_can_see_and_where_nobody_can(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    assert said(EN, "slack.seen_by_admins") not in john.modal.read
    await john.taps(said(EN, "result.send"))
    await chooses_the_site(john, EN)
    assert said(EN, "slack.seen_by_admins") in john.modal.read
    links = [e["url"] for b in john.modal.shown["blocks"] for e in b.get("elements", ())
             if "url" in e]  # fmt: skip
    assert links == ["https://mamori.example"]
    step = john.modal.read
    await john.taps(said(EN, "slack.open_web"))
    assert john.modal.read == step


async def test_a_wrong_receipt_opens_nothing(office: Office, john: Person) -> None:
    await john.opens_home()
    await john.taps_at_home(said(EN, "slack.sent"))
    for typed in ("1" * 25, "abc", "１" * 25, "\u202e" * 25):
        john.types(said(EN, "slack.receipt.enter"), typed)
        await john.submits()
        assert said(EN, "receipt.not_found") in john.modal.read
    john.types(said(EN, "slack.receipt.enter"), "")  # nothing was typed: it is asked for
    await john.submits()
    assert said(EN, "receipt.missing", digits=25) in john.modal.read


async def test_an_ordinary_report_costs_few_writes_and_no_reads(
    office: Office, john: Person
) -> None:
    await at_the_review(john, "who.n")
    john.types(said(EN, "review.name"), "John")
    await john.submits()
    john.closes()
    await office.site.watch.check()
    office.slack.calls.clear()
    watching = office.site.watch.check
    office.site.watch.check = _nothing
    await office.settles()
    office.site.watch.check = watching
    assert 1 <= len([call for call in office.slack.calls if call.writes]) <= 4
    assert not [call for call in office.slack.calls if not call.writes]


async def _nothing() -> None:
    """The desk's channel was looked at a moment ago."""


async def test_nothing_names_who_reported_without_a_name(office: Office, john: Person) -> None:
    await john.commands("/mamori")
    await answers_the_checklist(john, EN)
    receipt = await files_without_a_name(john, EN, words="CANARY words")
    john.closes()
    await office.passes(minutes=30)
    await john.uses_shortcut("mamori_open")
    await john.taps(said(EN, "slack.sent"))
    john.types(said(EN, "slack.receipt.enter"), receipt)
    await john.submits()
    assert said(EN, "sent.title") in john.modal.read
    chats = [call for call in office.slack.calls if call.method.startswith("chat.")]
    assert chats and not [call for call in chats if "U0JOHN" in str(call.given)]
    assert not [call for call in chats if "D0JOHN" in str(call.given)]
    assert not [call for call in office.slack.calls if call.method.startswith("files.")]
    assert not [body for body, _ in office.slack.delivered if b'"event_callback"' in body]
    posted = [m for c in office.slack.space.channels.values() for m in c.messages.values()]
    shown = [text for m in posted for text in (m.read, *(str(before) for before in m.before))]
    assert not [text for text in shown if "CANARY" in text or "john" in text.lower()]
    assert not [text for text in shown if receipt.replace(" ", "") in text.replace(" ", "")]


async def test_a_manager_is_alerted_by_name_and_the_next_one_when_nobody_answers(
    office: Office, john: Person
) -> None:
    await john.commands("/mamori")
    await john.taps(said(EN, "first.help"))
    await chooses_the_site(john, EN)
    await office.passes(minutes=12)
    shown = office.messages(SHINJUKU)
    texts = [text for m in shown for text in (m.text, *(before for before, _ in m.before))]
    assert any("<@U0TANAKA>" in text for text in texts)
    assert any("<@U0TAKAHASHI>" in text for text in texts)
    desk = [message.read for message in office.messages(DESK)]
    assert any(said("ja", "desk.take_call") in text for text in desk)
    await john.taps(said(EN, "slack.refresh"))
    assert said(EN, "help.nobody") in john.modal.read


async def cases(office: Office) -> int:
    """How many cases there are."""
    engine = create_engine(f"sqlite:///{office.folder / 'mamori.db'}")
    with engine.connect() as connection:
        table = metadata.tables["case_file"]
        count = connection.scalar(select(func.count()).select_from(table)) or 0
    engine.dispose()
    return count
