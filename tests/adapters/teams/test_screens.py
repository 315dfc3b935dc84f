"""Every screen of a conversation as a dialog: taken by Teams, and nothing in it acts."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.teams.cards import Mention, channel_card
from adapters.teams.dialog import Dialog
from adapters.teams.fields import chosen_and_typed
from adapters.teams.parts import CARD_BYTES, size
from adapters.teams.render import Dialogs
from adapters.teams.screens import AskView, Kept, PageView, ReceiptView
from adapters.teams.words import Words
from bot.catalogue import Catalogue
from bot.packs import builtin_pack, builtin_pack_ids
from bot.sealed_lists import TOKEN_CHARACTERS
from flows.checklist import talk
from flows.conversation import Asking, replay
from flows.help_now import help_now
from flows.phrases import Phrase, Verbatim, say
from flows.policy_page import policy_page
from flows.screens import Ask, Bullets, Card, Fact, Facts, Option, Paragraph, Said, TextField
from tests.adapters.teams.drawn import scene, screens
from tests.fake_teams.card_rules import check_card, read_text, walk

CATALOGUE = Catalogue.load()
DIALOGS = Dialogs(CATALOGUE)
NOW = datetime(2026, 11, 24, 5, 2, tzinfo=UTC)
LANGUAGES = ("ja", "ja_simple", "en")
TOKEN = "A" * TOKEN_CHARACTERS
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def said(language: str, phrase: Phrase) -> str:
    return CATALOGUE.text(phrase, language, NOW)


def ask(view: AskView) -> dict[str, Any]:
    return taken(DIALOGS.ask(view, NOW))


def taken(dialog: Dialog) -> dict[str, Any]:
    """The card of a dialog that Teams takes."""
    assert len(dialog.title) <= 20
    check_card(dialog.content)
    assert size(dialog.content) <= CARD_BYTES
    return dialog.content


def submits(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in walk(card) if part.get("type") == "Action.Submit"]


@pytest.mark.parametrize("sites", [1, 3, 30])
@EVERY_LANGUAGE
def test_every_screen_of_every_conversation_is_taken_by_teams(language: str, sites: int) -> None:
    drawn = 0
    for flow in (talk, help_now):
        for here, before in screens(flow, sites):
            view = AskView(here.ask, Kept(language, TOKEN), before)
            card = ask(view)
            problem = AskView(here.ask, Kept(language, TOKEN), before, say("acts.missing"))
            assert said(language, say("acts.missing")) in read_text(ask(problem))
            assert said(language, here.ask.title) in read_text(card)
            assert {one["data"]["t"] for one in submits(card)} == {TOKEN}
            drawn += 1
    assert drawn >= 20


@pytest.mark.parametrize("pack", sorted(builtin_pack_ids()))
@EVERY_LANGUAGE
def test_every_policy_is_read_in_parts_that_teams_takes(language: str, pack: str) -> None:
    elements = policy_page(builtin_pack(pack))
    title, whole, page = say("policy.page.title"), "", 0
    while True:
        view = PageView(title, elements, Kept(language, page=page), do="policy")
        card = taken(DIALOGS.page(view, NOW))
        whole += read_text(card)
        turns = {one["data"].get("g", 0) for one in submits(card) if one["data"]["do"] == "policy"}
        if page + 1 not in turns:
            break
        page += 1
    policy = builtin_pack(pack)
    assert said(language, policy.introduction) in whole
    last = next(one for one in reversed(elements) if isinstance(one, Facts))
    assert said(language, last.items[-1].value) in whole


@EVERY_LANGUAGE
def test_the_receipt_is_asked_for(language: str) -> None:
    card = taken(DIALOGS.receipt(ReceiptView(Kept(language), say("receipt.not_found")), NOW))
    assert said(language, say("receipt.not_found")) in read_text(card)
    assert [part["id"] for part in walk(card) if part.get("type") == "Input.Text"] == ["t.receipt"]


def first(sites: int = 1) -> Ask:
    here = replay(talk, scene(sites), ())
    assert isinstance(here, Asking)
    return here.ask


@EVERY_LANGUAGE
def test_help_stands_first_on_every_screen_but_the_one_that_has_its_own(language: str) -> None:
    for here, before in screens(talk, 3):
        buttons = submits(ask(AskView(here.ask, Kept(language, TOKEN), before)))
        if here.ask.step == "first":
            assert buttons[0]["data"] == {"do": "answer", "l": language, "t": TOKEN, "b": "help"}
        elif here.ask.for_help:  # its own answers call, so another Help would only draw it again
            assert not any(one["data"]["do"] == "help" for one in buttons)
        else:
            assert buttons[0]["data"]["do"] == "help"


def test_one_tap_answers_a_question_and_a_screen_to_fill_in_has_a_button() -> None:
    for here, before in screens(talk, 3):
        card = ask(AskView(here.ask, Kept("en", TOKEN), before))
        rows = [part for part in walk(card) if "selectAction" in part]
        answers = [one for one in rows if one["selectAction"]["type"] == "Action.Submit"]
        codes = {part["selectAction"]["data"]["b"] for part in answers}
        if here.ask.groups or here.ask.fields:
            assert not answers
        elif not here.ask.find:
            assert codes == {one.code for one in here.ask.buttons}


def test_what_was_chosen_and_typed_comes_back_as_it_was() -> None:
    for here, before in screens(talk, 3):
        if here.ask.step != "review":
            continue
        chosen = {group.id: tuple(o.code for o in group.options[:1]) for group in here.ask.groups}
        typed = {
            field.id: "words\n<at>x</at> 言葉"[: field.max_characters] for field in here.ask.fields
        }
        card = ask(AskView(here.ask, Kept("en", TOKEN), before, None, typed, chosen))
        data = {
            part["id"]: part["value"] for part in walk(card) if "value" in part and "id" in part
        }
        assert chosen_and_typed(data) == (chosen, typed)


def test_the_longest_words_in_any_script_still_fit_the_screen_that_comes_back() -> None:
    reviews = [here for here, _ in screens(talk, 3) if here.ask.step == "review"]
    for here in reviews:
        typed = {field.id: "語" * 30_000 for field in here.ask.fields}
        ask(AskView(here.ask, Kept("ja", TOKEN), True, say("problem.not_saved"), typed))


PAYLOADS = (
    "<at>Everyone</at>",
    "**bold** _it_ `code` ~~x~~",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "{{DATE(2026-11-24T05:02:00Z, SHORT)}}",
    "{{TIME(2026-11-24T05:02:00Z)}}",
    "${$root.secret}",
    "# heading\n- list\n1. list\n> quote",
    "<script>alert(1)</script>",
    "&lt;at&gt;x&lt;/at&gt;",
    "\u202egnp.exe",
    "a\u2028b\u0000c\ud800d",
    "x" * 9000,
    "\n" * 300,
    "語" * 9000,
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_a_person_wrote_stands_where_markup_is_read(payload: str) -> None:
    name = Verbatim(text=payload)
    elements = (
        Paragraph(text=say("care.who.typed", name=name)),
        Facts(items=(Fact(label=say("care.who"), value=name),)),
        Said(who=say("talk.own.desk"), when=None, text=name),
    )
    view = PageView(say("details.title", id=name), elements, Kept("en"), do="policy")
    card = taken(DIALOGS.page(view, NOW))
    for part in walk(card):
        read = [part[key] for key in ("text", "title", "label", "value") if key in part]
        if part.get("type") == "TextRun":
            assert "{{" not in part["text"]
        else:
            assert not any(payload.strip() and payload in text for text in read)
    json.dumps(card, ensure_ascii=False).encode()


BEFORE = ("", " ", "\n", "x", "「", "\u200b", "\u202e", "\\", "&lt;", "<b>", "**", "> ", "@")
AFTER = ("", "!", "\n- x")
TRICKS = (
    *(one for one in PAYLOADS if 0 < len(one) < 100),
    *("<at>x</at>", "<AT id='0'>x</AT>", "< at >x</ at >", "＜at＞x＜/at＞", "<at>x"),
    *("[x](tel:110)", "[x]( https://e.example )", "[x][1]\n[1]: https://e.example", "[a]\\(b)"),
    *("{{x}}", "{ {DATE(x)}}", "${x}", "`x`", "__x__", "~~x~~", "***x***", "1) x", "|a|b|"),
    *("https://evil.example", "mailto:a@b.example", "<!channel>", "<@U1>", "@everyone"),
)
ACTIVE = re.compile(
    r"<\s*/?\s*at\b|\]\s*\(|\]\s*\[|\{\{|\$\{|https?://|mailto:|[*_`~]\w+[*_`~]|<script|<b>",
    re.IGNORECASE | re.MULTILINE,
)
"""What a client could take for a mention, a link, a date, or markup."""


def test_five_hundred_tricks_act_nowhere() -> None:
    tricks = [before + trick + after for before in BEFORE for trick in TRICKS for after in AFTER]
    assert len(tricks) >= 500 and all(ACTIVE.search(one) for one in ("<at>", "[x](y)", "{{", "*x*"))
    for trick in tricks:
        name = Verbatim(text=trick)
        elements = (
            Paragraph(text=say("care.who.typed", name=name)),
            Facts(items=(Fact(label=say("care.who"), value=name),)),
            Said(who=say("talk.own.desk"), when=None, text=name),
            Bullets(items=(name,)),
        )
        view = PageView(say("details.title", id=name), elements, Kept("en"))
        shown = DIALOGS.page(view, NOW)
        for part in walk(shown.content):
            if part.get("type") in ("TextBlock", "FactSet"):
                read = json.dumps([part.get("text"), part.get("facts")], ensure_ascii=False)
                assert not ACTIVE.search(read), (trick, read)
            assert part.get("type") != "TextRun" or "{{" not in part["text"], trick
        alert = Mention("00000000-0000-0000-0000-000000000001", trick)
        tagged = channel_card(
            Words(CATALOGUE, "en", NOW), Card(title=say("first.title")), lambda _: "", (alert,)
        )
        (line,) = [p["text"] for p in walk(tagged) if "<at>" in str(p.get("text", ""))]
        assert line.count("<at>") == line.count("</at>") == 1, trick
        assert not ACTIVE.search(line.removeprefix("<at>").removesuffix("</at>")), trick


def test_what_a_person_wrote_reads_as_they_wrote_it() -> None:
    text = "<at>Everyone</at> **bold** [x](https://evil.example)"
    view = PageView(say("policy.page.title"), (Paragraph(text=Verbatim(text=text)),), Kept("en"))
    assert text in read_text(taken(DIALOGS.page(view, NOW)))


def test_the_company_s_own_wording_does_not_act_either() -> None:
    card = ask(AskView(first(), Kept("en", TOKEN), False))
    assert "<at>" not in json.dumps(card)
    for here, before in screens(help_now, 5):
        drawn = json.dumps(ask(AskView(here.ask, Kept("ja", TOKEN), before)), ensure_ascii=False)
        assert "<at>" not in [p["text"] for p in walk(json.loads(drawn)) if "text" in p]
        texts = [p["text"] for p in walk(json.loads(drawn)) if p.get("type") == "TextBlock"]
        assert not any("<at>" in text for text in texts)


def test_a_site_is_looked_for_by_name_where_there_are_many() -> None:
    here = replay(help_now, scene(30), ())
    assert isinstance(here, Asking) and here.ask.find
    view = AskView(here.ask, Kept("en", TOKEN), False, typed={"find": "nowhere"})
    card = ask(view)
    field = next(part for part in walk(card) if part.get("id") == "t.find")
    assert field["value"] == "nowhere"
    assert {"do": "answer", "l": "en", "t": TOKEN, "b": "find"} in [
        one["data"] for one in submits(card)
    ]


def test_what_travels_is_read_back_and_nothing_strange_with_it() -> None:
    kept = Kept("ja", "t" * 467, "p" * 467, "1" * 25, "code", 3)
    assert Kept.unpack(kept.pack()) == kept
    for strange in (True, -1, 1.5, "3", None, 10**9):
        assert Kept.unpack({"g": strange, "l": ["ja"], "t": "x" * 601}) == Kept()


def test_a_screen_with_many_buttons_shows_them_all() -> None:
    options = tuple(Option(code=f"b{n}", label=say("button.next")) for n in range(9))
    field = TextField(id="f", label=say("review.words"), max_characters=10)
    card = ask(
        AskView(
            Ask(step="x", title=say("first.title"), fields=(field,), buttons=options),
            Kept("en"),
            False,
        )
    )
    assert {one["data"].get("b") for one in submits(card)} >= {f"b{n}" for n in range(9)}
