"""Every card against Microsoft's own schema of Adaptive Cards 1.5, which says less than Teams does.

`tests/fake_teams/card_rules.py` knows the rules that the schema leaves out and runs with every
other test; whether it has left out one of the schema's is found here.
"""

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft6Validator

from adapters.teams.cards import first_card, later_card
from adapters.teams.render import Dialogs
from adapters.teams.screens import AskView, Kept, PageView, ReceiptView
from adapters.teams.words import Words
from flows.checklist import talk
from flows.help_now import help_now
from flows.phrases import say
from flows.policy_page import policy_page
from tests.adapters.teams.conftest import COMPANY
from tests.adapters.teams.drawn import scene, screens
from tests.adapters.teams.play import CATALOGUE
from tests.adapters.teams.test_cards import Played, Seen, channel_cards, much_happens, own_pages
from tests.adapters.teams.test_screens import TOKEN
from tests.fake_teams.card_rules import BadCard, check_card
from tests.support.world import START, a_world

DIALOGS = Dialogs(CATALOGUE)
LANGUAGE = "en"


@cache
def official() -> Draft6Validator:
    """The schema as its authors publish it, out of a package that carries it unchanged."""
    spec = importlib.util.find_spec("adaptive_cards")
    assert spec is not None and spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0]) / "schemas/schema-1.5.json"
    return Draft6Validator(json.loads(path.read_text("utf-8")))


def valid(card: dict[str, Any]) -> bool:
    """`msteams` at the top is Teams' own, and in no schema."""
    return bool(
        official().is_valid({key: value for key, value in card.items() if key != "msteams"})
    )


def dialogs() -> Iterator[dict[str, Any]]:
    """Every screen of every conversation, and the pages beside them."""
    for flow in (talk, help_now):
        for here, before in screens(flow, 3):
            view = AskView(here.ask, Kept(LANGUAGE, TOKEN), before, say("acts.missing"))
            yield DIALOGS.ask(view, START).content
    title, elements, kept = say("policy.page.title"), policy_page(scene(1).policy), Kept(LANGUAGE)
    yield DIALOGS.page(PageView(title, elements, kept, do="policy"), START).content
    yield DIALOGS.receipt(ReceiptView(kept, say("receipt.not_found")), START).content


def test_every_dialog_and_every_card_of_the_chat_is_valid() -> None:
    words = Words(CATALOGUE, LANGUAGE, START)
    first, _ = screens(talk, 3)[0]
    made = [*dialogs(), first_card(words, first.ask), later_card(words, TOKEN)]
    assert len(made) > 25
    assert not [card["body"][0] for card in made if not valid(card)]


async def test_every_card_that_a_case_becomes_is_valid(tmp_path: Path) -> None:
    world = a_world(tmp_path, company=COMPANY)
    played = Played(world, Seen())
    cases = await much_happens(played)
    made = [*channel_cards(played, LANGUAGE), *await own_pages(played, cases, LANGUAGE)]
    await world.service.work.storage.close()
    different = {json.dumps(card, sort_keys=True): card for card in made}
    assert len(different) > 15
    assert not [card["body"][0] for card in different.values() if not valid(card)]


BODIES: dict[str, Any] = {
    "no such property": {"type": "TextBlock", "text": "x", "txt": "x"},
    "no such size": {"type": "TextBlock", "text": "x", "size": "Huge"},
    "no text": {"type": "TextBlock"},
    "an input without an id": {"type": "Input.Text"},
    "no such element": {"type": "Marquee", "text": "x"},
    "a text for a flag": {"type": "TextBlock", "text": "x", "wrap": "yes"},
    "an action without a url": {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl"}]},
    "a choice without a value": {
        "type": "Input.ChoiceSet",
        "id": "a",
        "choices": [{"title": "x"}],
    },
}


@pytest.mark.parametrize("part", BODIES.values(), ids=BODIES)
def test_what_the_schema_refuses_our_own_rules_refuse_too(part: dict[str, Any]) -> None:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [part]}
    assert not valid(card)
    with pytest.raises(BadCard):
        check_card(card)
