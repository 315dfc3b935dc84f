"""Every card that a case can become, drawn for Teams in each language, as the engine makes it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.cards import Mention, channel_card, first_card, later_card, message
from adapters.teams.parts import CARD_BYTES, CHUNK, size, typed
from adapters.teams.render import Dialogs
from adapters.teams.screens import CaseView, DetailsView, Kept
from adapters.teams.words import Words
from bot.catalogue import Catalogue
from bot.desk import open_details
from bot.duties import press_in_channel
from bot.filing import Filed, file_report
from bot.help_calls import call_help
from bot.own_case import OwnCases
from bot.own_presses import press_on_own_page
from bot.sealed_lists import SealedLists, Visitor
from bot.worker import run_one_due
from flows.acts import Chip
from flows.assessment import Effect, Safety, assess
from flows.checklist import talk
from flows.conversation import Asking, replay
from flows.ladders import Role
from flows.outcomes import Filing, Report, Visibility
from flows.phrases import Own, Verbatim, say
from flows.presses import Press, Verb
from flows.screens import Button, Card, Facts
from flows.status import WITHDRAWS
from tests.adapters.teams.drawn import scene
from tests.fake_teams.card_rules import check_card, read_text, walk
from tests.fake_teams.client import button
from tests.support.world import START as NOW
from tests.support.world import FakePlatform, World, a_world

COMPANY = Path(__file__).parent / "company.yaml"
CATALOGUE = Catalogue.load()
LANGUAGES = ("ja", "ja_simple", "en")
WORDS = "He said **<at>Everyone</at>** and [threw](https://evil.example) it\n" * 40
CODE = "x" * 80


@dataclass
class Seen(FakePlatform):
    """A platform that notes every card it is given, and where."""

    cards: list[tuple[str, Card]] = field(default_factory=list)

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Any:
        self.cards.append((channel, card))
        return await super().post(channel, card, key, thread)

    async def edit(self, channel: str, ref: str, card: Card) -> Any:
        self.cards.append((self.messages[ref].channel, card))
        return await super().edit(channel, ref, card)


@dataclass
class Played:
    """A Mamori in which much happens."""

    world: World
    seen: Seen
    secrets: int = 0

    async def passes(self, minutes: float) -> None:
        end = self.world.clock.present + timedelta(minutes=minutes)
        while True:
            while await run_one_due(self.world.service.work, {"teams": self.seen}):
                pass
            if self.world.clock.present >= end:
                return
            step = timedelta(minutes=max(1.0, minutes / 20))
            self.world.clock.present = min(end, self.world.clock.present + step)

    def secret(self) -> bytes:
        self.secrets += 1
        return self.secrets.to_bytes(16, "big")

    async def report(self, visibility: Visibility, chips: str = "c", words: str = WORDS) -> Filed:
        report = Report(
            site_id="shinjuku",
            safety=Safety.ONGOING,
            chips=tuple(Chip(chip) for chip in chips),
            effects=(Effect.DISTRESS,),
            demand=None,
            length=None,
            after_stop=None,
            injured=False,
            per_se=(),
            visibility=visibility,
            site_may_know=True,
            excluded=(Role.DEPUTY,) if visibility is Visibility.DESK_ONLY else (),
            send_now=True,
            name_site=True,
        )
        filing = Filing(report=report, assessment=assess(report.facts()))
        work = self.world.service.work
        return await file_report(work, filing, self.secret(), words, "<at>Hanako</at>", "ja")

    async def desk(self, verb: Verb, subject: str, words: str = "", detail: str = "") -> None:
        work = self.world.service.work
        address = work.company.desk.channel
        press = Press(verb=verb, subject=subject, detail=detail)
        code = work.index.seal_press(press, address)
        await press_in_channel(work, address, code, "sato", words)

    async def manager(self, who: str, case: Filed, verb: Verb, detail: str = "") -> None:
        work = self.world.service.work
        address = next(site.channel for site in work.company.sites if site.id == "shinjuku")
        async with work.storage.read() as tx:
            duties = [d for d in await tx.duties.of_case(case.case_id) if d.owner == "site"]
        for duty in duties:
            press = Press(verb=verb, subject=duty.id, detail=detail)
            await press_in_channel(work, address, work.index.seal_press(press, address), who)


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[Played]:
    world = a_world(tmp_path, company=COMPANY)
    yield Played(world, Seen())
    await world.service.work.storage.close()


async def much_happens(played: Played) -> list[Filed]:
    """Reports of every kind, calls, answers, a climb, replies, and ends."""
    work = played.world.service.work
    cases = [await played.report(visibility) for visibility in Visibility]
    call = await call_help(work, "shinjuku", played.secret(), "ja")
    await played.passes(1)
    await played.manager("tanaka", cases[0], Verb.COMING, "2")
    await played.passes(30)
    await played.manager("takahashi", cases[0], Verb.TAKE_OVER)
    await played.manager("tanaka", cases[0], Verb.CARED)
    await played.desk(Verb.TAKE, cases[0].case_id)
    await played.desk(Verb.DETAILS, cases[0].case_id)
    await played.desk(Verb.REPLY, cases[0].case_id, WORDS)
    press = Press(verb=Verb.WRITE, subject=cases[1].case_id)
    code = work.index.seal_press(press, cases[1].case_id)
    await press_on_own_page(work, cases[1].case_id, code, WORDS)
    await played.passes(24 * 60)
    return [*cases, call]


def drawn(card: Card, language: str, mentions: tuple[Mention, ...] = ()) -> dict[str, Any]:
    words = Words(CATALOGUE, language, NOW)
    made = channel_card(words, card, lambda press: CODE, mentions, say("press.recorded"))
    check_card(made)
    assert size(made) <= CARD_BYTES
    return made


def channel_cards(played: Played, language: str) -> list[dict[str, Any]]:
    """Every card that a channel or a person was shown."""
    return [drawn(card, language) for _, card in played.seen.cards]


async def own_pages(played: Played, cases: list[Filed], language: str) -> list[dict[str, Any]]:
    """Each case as whoever started it sees it, and its details as the desk does."""
    work = played.world.service.work
    lists = SealedLists(work.storage, work.clock, work.entropy)
    visitor = Visitor("teams", "tenant", "somebody")
    made = []
    for case in cases:
        pass_token = await lists.seal_pass(visitor, case.case_id)
        shown = await OwnCases(work, lists).open(visitor, pass_token)
        assert shown is not None
        kept = Kept(language, pass_token=pass_token, receipt=case.receipt or "")
        view = CaseView(shown.card, kept, shown.public_id, lambda press: CODE, "once")
        made.append(Dialogs(CATALOGUE).case(view, work.clock.now()).content)
        opened = await open_details(work, case.case_id)
        if opened is not None:
            details = DetailsView(opened, Kept(language, opened=CODE), lambda press: CODE, "once")
            made.append(Dialogs(CATALOGUE).details(details, work.clock.now()).content)
    return made


async def test_every_card_of_every_channel_is_taken_by_teams(played: Played) -> None:
    await much_happens(played)
    assert len(played.seen.cards) > 15
    for channel, card in played.seen.cards:
        for language in LANGUAGES:
            text = read_text(drawn(card, language))
            assert "evil.example" not in text, channel
            assert CATALOGUE.text(say("press.recorded"), language) in text


async def test_the_details_are_read_in_parts_with_every_word_and_every_input_once(
    played: Played,
) -> None:
    cases = await much_happens(played)
    work = played.world.service.work
    for case in cases[:3]:
        opened = await open_details(work, case.case_id)
        assert opened is not None
        for language in LANGUAGES:
            whole = ""
            for page in range(40):
                kept = Kept(language, opened=CODE, page=page)
                view = DetailsView(opened, kept, lambda press: CODE, "once", say("press.recorded"))
                card = Dialogs(CATALOGUE).details(view, NOW).content
                check_card(card)
                assert size(card) <= CARD_BYTES
                whole += read_text(card)
                data = [p["data"] for p in walk(card) if p.get("type") == "Action.Submit"]
                if page + 1 not in {one.get("g") for one in data if one["do"] == "details"}:
                    break
            assert whole.count("evil.example") >= WORDS.count("evil.example")
            for one in (*opened.duties, *opened.composes):
                phrase = one.name if hasattr(one, "name") else one.field.label
                assert CATALOGUE.text(phrase, language) in whole


async def test_one_s_own_case_is_taken_by_teams_whatever_became_of_it(played: Played) -> None:
    cases = await much_happens(played)
    work = played.world.service.work
    lists = SealedLists(work.storage, work.clock, work.entropy)
    own = OwnCases(work, lists)
    visitor = Visitor("teams", "tenant", "somebody")
    for case in cases:
        pass_token = await lists.seal_pass(visitor, case.case_id)
        shown = await own.open(visitor, pass_token)
        assert shown is not None
        for language in LANGUAGES:
            kept = Kept(language, pass_token=pass_token, receipt=case.receipt or "")
            view = CaseView(shown.card, kept, shown.public_id, lambda press: CODE, "once")
            dialog = Dialogs(CATALOGUE).case(view, work.clock.now())
            check_card(dialog.content)
            assert size(dialog.content) <= CARD_BYTES
            text = read_text(dialog.content)
            assert shown.public_id in text
            if case.receipt:
                assert " ".join(case.receipt[i : i + 5] for i in range(0, 25, 5)) in text


async def test_who_is_alerted_is_named_by_account_and_a_name_cannot_act() -> None:
    card = Card(title=say("care.title"), mentions=("a", "b"))
    mentions = (Mention("entra-1", "田中"), Mention("entra-2", "<at>All</at> **x** {{DATE(1)}}"))
    made = drawn(card, "ja", mentions)
    entities = made["msteams"]["entities"]
    assert [one["mentioned"]["id"] for one in entities] == ["entra-1", "entra-2"]
    line = next(p["text"] for p in walk(made) if "<at>" in p.get("text", ""))
    assert line.count("<at>") == 2 and "**" not in line and "{{" not in line


async def test_a_press_is_answered_in_place_and_an_old_client_submits_the_same() -> None:
    button = next(iter(_buttons(Verb.COMING)))
    assert button["type"] == "Action.Execute" and button["verb"] == "press"
    assert button["fallback"]["type"] == "Action.Submit"
    assert button["fallback"]["data"] == button["data"] == {"do": "press", "c": CODE}


async def test_what_opens_details_opens_a_dialog() -> None:
    button = next(iter(_buttons(Verb.DETAILS)))
    assert button["type"] == "Action.Submit"
    assert button["data"] == {"do": "details", "c": CODE, "msteams": {"type": "task/fetch"}}


def _buttons(verb: Verb) -> list[dict[str, Any]]:
    press = Press(verb=verb, subject="0" * 32)
    card = Card(title=say("care.title"), buttons=(Button(label=say("care.done"), press=press),))
    return [p for p in walk(drawn(card, "ja")) if str(p.get("type")).startswith("Action.")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_card_opens_dialogs_and_says_nothing_in_the_chat(language: str) -> None:
    here = replay(talk, scene(3), ())
    assert isinstance(here, Asking)
    card = first_card(Words(CATALOGUE, language, NOW), here.ask)
    check_card(card)
    actions = [p for p in walk(card) if p.get("type") == "Action.Submit"]
    assert all(one["data"]["msteams"] == {"type": "task/fetch"} for one in actions)
    assert [one["data"]["do"] for one in actions][:4] == ["help", "check", "sent", "policy"]


def test_the_card_that_waits_for_later_holds_nothing_readable() -> None:
    card = later_card(Words(CATALOGUE, "ja", NOW), "T" * 467)
    check_card(card)
    assert CATALOGUE.text(say("first.question"), "ja") not in json.dumps(card, ensure_ascii=False)


@pytest.mark.parametrize(
    ("sentence", "end"),
    [
        ("「土下座しろ」と、大声で言われました。", "。"),
        ("「帰れ。」", "」"),
        ('He said "kneel down" again. ', " "),
    ],
)
def test_somebodys_own_words_are_broken_between_two_sentences_and_none_is_lost(
    sentence: str, end: str
) -> None:
    words = sentence * 400
    pieces = [block["inlines"][0]["text"] for block in typed(words)]
    assert "".join(pieces) == words and len(pieces) > 1
    assert all(piece.endswith(end) and len(piece) <= CHUNK for piece in pieces)


def test_words_without_a_sentence_are_broken_at_a_gap_and_else_where_they_must() -> None:
    spaced = [block["inlines"][0]["text"] for block in typed("word " * 900)]
    assert all(piece.endswith("word ") for piece in spaced)
    unbroken = [block["inlines"][0]["text"] for block in typed("あ" * (CHUNK + 1))]
    assert list(map(len, unbroken)) == [CHUNK, 1]


def test_a_phone_announces_the_title_alone() -> None:
    made = message({"type": "AdaptiveCard"}, "{{DATE(1)}} " + "x" * 500)
    assert len(made["summary"]) == 200 and "{{" not in made["summary"]


def test_a_card_with_too_much_on_it_says_that_something_is_left_out() -> None:
    items = tuple(
        Facts.model_validate(
            {"items": [{"label": Own(ja="か", en="k"), "value": Verbatim(text="語" * 900)}]}
        )
        for _ in range(20)
    )
    text = read_text(drawn(Card(title=say("care.title"), body=items), "ja"))
    assert CATALOGUE.text(say("teams.left_out"), "ja") in text


def test_a_question_of_its_own_stands_between_the_answers_of_another_and_its_own() -> None:
    press = Press(verb=Verb.CHECKED_IN, subject="0" * 32)
    asks = (
        Button(label=say("ask.check_in.well"), press=press),
        Button(label=say("care.happened"), press=press, under=say("care.question")),
    )
    shown = Card(title=say("sent.title"), buttons=asks)
    view = CaseView(shown, Kept("en"), "x", lambda press: CODE, "once")
    drawn = Dialogs(CATALOGUE).case(view, NOW).content
    check_card(drawn)
    read = json.dumps(drawn, ensure_ascii=False)
    said = [CATALOGUE.text(say(key), "en") for key in ("ask.check_in.well", "care.question")]
    said.append(CATALOGUE.text(say("care.happened"), "en"))
    assert sorted(said, key=read.index) == said


@pytest.mark.parametrize("language", ["ja", "ja_simple", "en"])
def test_what_is_to_be_confirmed_is_sent_by_the_yes_of_a_question_that_was_unfolded(
    language: str,
) -> None:
    press = Press(verb=Verb.WITHDRAW, subject="0" * 32)
    withdraw = Button(label=say("own.withdraw"), press=press, confirm=WITHDRAWS)
    shown = Card(title=say("sent.title"), buttons=(withdraw,))
    view = CaseView(shown, Kept(language), "x", lambda press: CODE, "once")
    drawn = Dialogs(CATALOGUE).case(view, NOW).content
    check_card(drawn)
    pressed, back = (
        button(drawn, CATALOGUE.text(say(key), language))
        for key in ("own.withdraw", "own.withdraw.back")
    )
    assert pressed["type"] == back["type"] == "Action.ToggleVisibility"
    (asked,) = (part for part in walk(drawn) if part.get("id") in pressed["targetElements"])
    assert asked["isVisible"] is False and back["targetElements"] == pressed["targetElements"]
    sends = [part for part in walk(drawn) if part.get("data", {}).get("c") == CODE]
    assert sends == [button(asked, CATALOGUE.text(say("own.withdraw.yes"), language))]
    assert CATALOGUE.text(say("own.withdraw.question"), language) in read_text(asked)
