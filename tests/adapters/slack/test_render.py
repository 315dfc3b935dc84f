"""Every screen and card within Block Kit's limits, and nothing a person typed ever acts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView

from adapters.slack.cards import SlackMessage, card_message, first_message
from adapters.slack.gate import MAX_BODY_BYTES
from adapters.slack.parts import first_card
from adapters.slack.render import Reader, Views
from adapters.slack.screens import (
    METADATA,
    AskView,
    CaseView,
    DetailsView,
    Kept,
    PageView,
    ReceiptView,
)
from adapters.slack.words import Words
from bot.desk import OpenedCase, OwedLine
from bot.packs import builtin_pack, builtin_pack_ids
from flows.checklist import talk
from flows.conversation import Asking, replay
from flows.given import Answer
from flows.ladders import Role
from flows.phrases import Own, Verbatim, at, on_day, on_day_at, say
from flows.policy_page import customer_poster, policy_page
from flows.presses import Press, Verb
from flows.scene import Called, Scene, SiteOption
from flows.screens import (
    Ask,
    Bullets,
    Button,
    CallLine,
    Card,
    Compose,
    Element,
    Fact,
    Facts,
    Group,
    Happening,
    Heading,
    Option,
    Paragraph,
    Said,
    Style,
    TextField,
    Timeline,
)
from flows.status import WITHDRAWS
from tests.adapters.slack.office import CATALOGUE
from tests.adapters.slack.payloads import PAYLOADS, packed
from tests.fake_slack import block_kit, entities

VIEWS = Views(CATALOGUE, "https://mamori.example")
NOW = datetime(2026, 11, 24, 5, 2, tzinfo=UTC)
LANGUAGES = ("ja", "ja_simple", "en")
READER = Reader(NOW, "America/New_York")
KEPT = {language: Kept(language, token="x" * 467) for language in LANGUAGES}
PRESS = Press(verb=Verb.TAKE, subject="ab" * 16)


def sites(count: int) -> tuple[SiteOption, ...]:
    return tuple(
        SiteOption(
            id=f"s{n}",
            name=Own(ja=f"とても長い名前のお店{n}号店" * 4, en=f"A shop with a long name {n} " * 4),
            area=Own(ja="新宿エリア", en="Shinjuku area"),
            location="store",
            headcount=3,
            area_headcount=12,
        )
        for n in range(count)
    )


def screens(pack: str, count: int) -> Iterator[Ask]:
    """Every screen that the conversation can reach, each once."""
    scene = Scene(
        policy=builtin_pack(pack),
        sites=sites(count),
        roles=(Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ),
        can_push=True,
        called=Called.RUNS,
    )
    seen: set[str] = set()
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        answers = waiting.pop()
        here = replay(talk, scene, answers)
        if not isinstance(here, Asking):
            continue
        key = here.ask.model_dump_json()
        if key in seen:
            continue
        seen.add(key)
        yield here.ask
        waiting += [(*answers, answer.pack()) for answer in _answers(here.ask)]


def _answers(ask: Ask) -> Iterator[Answer]:
    for one in ask.buttons[:12]:
        if not ask.groups:
            yield Answer(one.code)
            continue
        widest = max(len(group.options) for group in ask.groups)
        for number in range(min(widest, 11)):
            yield Answer(one.code, tuple(_picked(group, number) for group in ask.groups))


def _picked(group: Group, number: int) -> tuple[str, ...]:
    if group.missing is None and not group.chosen:
        return () if number % 2 else (group.options[0].code,)
    return (group.options[number % len(group.options)].code,)


def right_view(view: dict[str, object], *, sdk: bool = True) -> None:
    """Slack takes it: our table of limits, and the SDK's own models."""
    assert not block_kit.in_view(view)
    assert len(json.dumps(view)) <= block_kit.VIEW_BYTES
    assert len(view["private_metadata"]) <= METADATA
    if sdk:
        SdkView(**view).validate_json()
        _sdk(view["blocks"])


def right_message(message: SlackMessage, *, sdk: bool = True) -> None:
    assert message.text.strip()
    assert not block_kit.in_message(message.blocks)
    assert block_kit.blocks_text(message.blocks) <= block_kit.BLOCKS_TEXT
    if sdk:
        _sdk(message.blocks)


def _sdk(blocks: list[dict[str, object]]) -> None:
    for block, parsed in zip(blocks, SdkBlock.parse_all(blocks), strict=True):
        assert parsed is not None
        if block["type"] != "rich_text":
            parsed.validate_json()


@pytest.mark.parametrize("pack", builtin_pack_ids())
def test_every_screen_of_every_pack_in_every_language_fits(pack: str) -> None:
    number = 0
    for ask in screens(pack, 3):
        for language in LANGUAGES:
            for by_submit in (False, True):
                view = AskView(ask, KEPT[language], True, say("acts.missing"), {}, by_submit)
                right_view(VIEWS.ask(view, READER), sdk=language == "en")
        number += 1
    assert number >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_option_has_no_room_for_stands_whole_below_it_and_says_whose_it_is(
    language: str,
) -> None:
    cut = 0
    for ask in screens("standard", 3):
        blocks = VIEWS.ask(AskView(ask, KEPT[language], True), READER)["blocks"]
        inputs = {block["block_id"]: block for block in blocks if block["type"] == "input"}
        for group in ask.groups:
            for one in group.options if len(group.options) <= 10 else ():
                block = inputs[f"{ask.step}.g.{group.id}.0"]
                drawn = next(o for o in block["element"]["options"] if o["value"] == one.code)
                assert "…" not in drawn.get("description", {}).get("text", "")
                below = block.get("hint", {}).get("text", "").split("\n")
                label, hint = (
                    CATALOGUE.text(p, language) if p else "" for p in (one.label, one.hint)
                )
                if "description" not in drawn and hint:
                    assert f"{label} · {hint}" in below
                    cut += 1
                elif "…" in drawn["text"]["text"]:
                    assert label in below
                    cut += 1
    assert cut or language == "ja"  # where every option has room


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 8, 9, 300])
def test_any_number_of_sites_fits(language: str, count: int) -> None:
    for ask in screens("standard", count):
        right_view(VIEWS.ask(AskView(ask, KEPT[language], True), READER))


@pytest.mark.parametrize("pack", builtin_pack_ids())
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_there_is_to_read_fits(pack: str, language: str) -> None:
    policy = builtin_pack(pack)
    for elements in (policy_page(policy), customer_poster(policy)):
        page = PageView(say("policy.page.title"), elements, KEPT[language])
        right_view(VIEWS.page(page, READER))
    right_view(VIEWS.receipt(ReceiptView(KEPT[language], say("receipt.not_found")), READER))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_card_fits_app_home_and_the_chat(language: str) -> None:
    (ask, *_) = screens("standard", 2)
    right_view(VIEWS.home(ask, KEPT[language], READER))
    words = Words(CATALOGUE, language, NOW)
    right_message(first_message(words, first_card(words, ask), "Memo"))


# --- what a person types --------------------------------------------------------------------


def everything_typed(typed: str) -> tuple[Element, ...]:
    """Every element with something typed in every place of it."""
    word = Verbatim(text=typed)
    return (
        Paragraph(text=word),
        Paragraph(text=word, strong=True),
        Paragraph(text=say("details.name_unverified", name=word), strong=True),
        Heading(text=word),
        Bullets(items=(word, at(NOW, "Asia/Tokyo"))),
        Facts(items=(Fact(label=word, value=word), Fact(label=say("desk.acts"), value=word))),
        Timeline(items=(Happening(when=on_day_at(NOW, "Asia/Tokyo"), what=word, done=False),)),
        Said(who=word, when=on_day(NOW, "Asia/Tokyo"), text=word),
        CallLine(label=word, phone="110"),
    )


def card_of(typed: str) -> Card:
    word = Verbatim(text=typed)
    return Card(
        title=word,
        body=everything_typed(typed),
        buttons=(Button(label=word, press=PRESS, style=Style.PRIMARY),),
        after=everything_typed(typed[:50]),
        footer=word,
    )


def opened(typed: str) -> OpenedCase:
    word = Verbatim(text=typed)
    button = Button(label=word, press=PRESS)
    field = TextField(id="words", label=word, hint=word, max_characters=20_000, rows=3)
    compose = Compose(field=field, button=button, also=button)
    return OpenedCase(
        title=word,
        elements=everything_typed(typed),
        duties=tuple(OwedLine(word, word, (button, button)) for _ in range(9)),
        responses=(button,) * 6,
        composes=(compose, compose),
        ending=(button,),
        files=tuple(OwedLine(word, word, (button,)) for _ in range(10)),
    )


def views_of(typed: str) -> Iterator[dict[str, object]]:
    word = Verbatim(text=typed)
    option = Option(code="a", label=word, hint=word)
    ask = Ask(
        step="any",
        title=word,
        progress=word,
        body=everything_typed(typed),
        groups=(Group(id="g", label=word, options=(option,), many=True, folded=True),),
        fields=(TextField(id="t", label=word, hint=word, max_characters=80),),
        buttons=(option.model_copy(update={"style": Style.PRIMARY}), option),
    )
    kept = Kept("en", pass_token="x" * 467, receipt="1" * 25)
    yield VIEWS.ask(AskView(ask, kept, True, word), READER)
    yield VIEWS.page(PageView(word, everything_typed(typed), kept), READER)
    yield VIEWS.case(CaseView(card_of(typed), kept, typed, lambda _: "code", word), READER)
    yield VIEWS.details(DetailsView(opened(typed), kept, lambda _: "code", word), READER)


OURS = {"<tel:110|110>", "<tel:110>", "<@U0SATO>"}


def test_five_hundred_payloads_act_nowhere() -> None:
    assert len(PAYLOADS) >= 500
    words = Words(CATALOGUE, "ja", NOW)
    for number, typed in enumerate([*PAYLOADS[::15], *packed(300)]):
        sdk = number % 20 == 0
        message = card_message(words, card_of(typed), lambda _: "code", ["U0SATO"])
        right_message(message, sdk=sdk)
        found = [*entities.in_markup(message.text), *entities.in_blocks(message.blocks)]
        assert set(found) <= OURS, (typed[:40], found)
        assert found.count("<@U0SATO>") <= 2
        assert "evil.example" not in message.text
        for view in views_of(typed):
            right_view(view, sdk=sdk)
            assert set(entities.in_blocks(view)) <= OURS


def test_what_was_typed_stands_there_whole() -> None:
    typed = "".join(chr(0x4E00 + n % 5000) for n in range(20_000))
    view = VIEWS.details(
        DetailsView(
            OpenedCase(
                say("desk.details"), (Paragraph(text=Verbatim(text=typed)),), (), (), (), ()
            ),
            Kept("ja"),
            lambda _: "code",
        ),
        READER,
    )
    right_view(view)
    assert typed in "".join(block_kit.texts(view["blocks"]))


@pytest.mark.parametrize("letter", ["語", '"', "𠮷"])
def test_the_fullest_view_comes_back_through_the_gate_with_everything_that_was_typed(
    letter: str,
) -> None:
    said = Said(who=say("talk.desk.desk"), when=None, text=Verbatim(text=letter * 2000))
    case = OpenedCase(say("desk.details"), (said,) * 100, (), (), opened("x").composes, ())
    view = VIEWS.details(DetailsView(case, Kept("ja"), lambda _: "code" * 30), READER)
    typed = {str(n): {"w": {"type": "plain_text_input", "value": letter * 1500}} for n in range(2)}
    payload = {"type": "block_actions", "view": {**view, "state": {"values": typed}}}
    body = urlencode({"payload": json.dumps(payload)})
    assert MAX_BODY_BYTES / 2 < len(body) < MAX_BODY_BYTES - 8_000  # who, where, and the rest


def test_a_thousand_messages_fit_and_what_is_left_out_is_said() -> None:
    said = Said(who=say("talk.desk.desk"), when=None, text=Verbatim(text="short"))
    case = OpenedCase(say("desk.details"), (said,) * 1000, (), (), opened("x").composes, ())
    view = VIEWS.details(DetailsView(case, Kept("en"), lambda _: "code"), READER)
    right_view(view)
    read = "\n".join(block_kit.texts(view["blocks"]))
    assert CATALOGUE.text(say("slack.left_out"), "en") in read
    assert [b for b in view["blocks"] if b["type"] == "input"]


def test_the_newest_messages_stay_where_not_all_of_them_fit() -> None:
    said = tuple(
        Said(
            who=say("talk.desk.desk"), when=None, text=Verbatim(text=f"message {n} " + "語" * 2000)
        )
        for n in range(60)
    )
    case = OpenedCase(say("desk.details"), said, (), (), opened("x").composes, ())
    view = VIEWS.details(DetailsView(case, Kept("en"), lambda _: "code"), READER)
    right_view(view)
    read = "\n".join(block_kit.texts(view["blocks"]))
    assert "message 0 " in read and "message 59 " in read and "message 30 " not in read


def test_a_question_of_its_own_stands_between_the_answers_of_another_and_its_own() -> None:
    asks = (
        Button(label=say("ask.check_in.well"), press=PRESS),
        Button(label=say("care.happened"), press=PRESS, under=say("care.question")),
    )
    card = Card(title=say("sent.title"), buttons=asks)
    view = VIEWS.case(CaseView(card, Kept("en"), "x", lambda _: "code"), READER)
    right_view(view)
    read = "\n".join(block_kit.texts(view["blocks"]))
    said = [CATALOGUE.text(say(key), "en") for key in ("ask.check_in.well", "care.question")]
    said.append(CATALOGUE.text(say("care.happened"), "en"))
    assert sorted(said, key=read.index) == said


@pytest.mark.parametrize("language", ["ja", "ja_simple", "en"])
def test_slack_itself_asks_before_a_press_that_is_to_be_confirmed(language: str) -> None:
    withdraw = Button(label=say("own.withdraw"), press=PRESS, confirm=WITHDRAWS)
    card = Card(title=say("sent.title"), buttons=(withdraw,))
    view = VIEWS.case(CaseView(card, Kept(language), "x", lambda _: "code"), READER)
    right_view(view)
    label = CATALOGUE.text(withdraw.label, language)
    (button,) = (
        element
        for _, element in block_kit.elements(view["blocks"])
        if element["type"] == "button" and element["text"]["text"] == label
    )
    asked = [button["confirm"][part]["text"] for part in ("title", "text", "confirm", "deny")]
    keys = [f"own.withdraw.{part}" for part in ("question", "text", "yes", "back")]
    assert asked == [CATALOGUE.text(say(key), language) for key in keys], "whole, none cut"


def test_times_are_the_readers_own() -> None:
    phrase = say("sent.kept", by=on_day_at(NOW, "Asia/Tokyo"))
    card = Card(title=say("sent.title"), body=(Paragraph(text=phrase),))
    blocks = card_message(Words(CATALOGUE, "en", NOW), card, lambda _: "code").blocks
    (date,) = [e for e in blocks[1]["elements"][0]["elements"] if e["type"] == "date"]
    assert date["timestamp"] == int(NOW.timestamp()) and "14:02" in date["fallback"]
    assert Words(CATALOGUE, "en", NOW, "America/New_York").text(phrase).count("00:02") == 1
    day = say("sent.kept", by=on_day(NOW, "Asia/Tokyo"))
    assert all(isinstance(run, str) for run in Words(CATALOGUE, "en", NOW).runs(day))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 5000, '{"language": 1, "again": true}', "null"]
)
def test_what_a_view_carried_reads_as_nothing_where_it_is_not_ours(text: str) -> None:
    assert Kept.unpack(text, "ja") == Kept("ja")


def test_what_a_view_carried_comes_back() -> None:
    kept = Kept(
        "en", token="t", pass_token="p", receipt="1", channel="C", opened="o", again={"words1": 3}
    )
    assert Kept.unpack(kept.pack(), "") == kept
