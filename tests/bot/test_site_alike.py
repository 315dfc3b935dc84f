"""A site that may not know who reported reads the same whether the report was taken back or not,
and nothing that is so in one of the two alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.left_people import let_go_of_who_left
from flows.assessment import Safety
from flows.outcomes import Visibility
from flows.phrases import At, Listed, Own, Say, Verbatim
from flows.presses import Verb
from tests.bot.conftest import WORDS, NotedPlatform, People
from tests.support.world import a_world

SITE = ("shinjuku", "@tanaka", "@yamamoto", "@takahashi")
LOOKS = (4, 11, 31, 61, 130)
"""Minutes at which the site's messages are read: about each rung, and once nobody is left."""
DESK = re.compile(r"\bdesk\b|窓口", re.IGNORECASE)
ID = re.compile(r'"subject":"[^"]+"')


def phrases(value: object) -> Iterator[Say | Own | Verbatim | At | Listed]:
    """Everything that a card says, its buttons and its foot included."""
    if isinstance(value, Say | Own | Verbatim | At | Listed):
        yield value
    elif isinstance(value, BaseModel):
        for _, part in value:
            yield from phrases(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from phrases(part)


def drawn(platform: NotedPlatform) -> list[tuple[str, str]]:
    """What the site is shown, card by card; whose it is stands there for nobody to read."""
    shown = (each for each in platform.messages.values() if each.channel in SITE)
    return [(each.channel, ID.sub("", each.card.model_dump_json())) for each in shown]


def read(platform: NotedPlatform) -> list[str]:
    shown = [each.card for each in platform.messages.values() if each.channel in SITE]
    said = [phrase for card in shown for phrase in phrases(card)]
    return [WORDS.text(phrase, language) for phrase in said for language in WORDS.languages]


@pytest.mark.parametrize("visibility", [Visibility.UNNAMED, Visibility.DESK_ONLY])
@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("after", [0, 20])
async def test_a_site_that_may_not_know_reads_nothing_of_the_desk_and_no_taking_back(
    tmp_path: Path, quick: None, visibility: Visibility, answered: bool, after: int
) -> None:
    seen: list[list[list[tuple[str, str]]]] = []
    for taken_back in (False, True):
        folder = tmp_path / str(taken_back)
        folder.mkdir()
        world = a_world(folder)
        world.platform = platform = NotedPlatform()
        people = People(world)
        case = await people.report(visibility=visibility, safety=Safety.ONGOING)
        await world.passes(minutes=after)
        if answered:
            await people.answer("tanaka", Verb.COMING, case)
        if taken_back:
            await people.say(case, Verb.WITHDRAW)
        looks, past = [], 0
        for minute in LOOKS:
            await world.passes(minutes=minute - past)
            looks.append(drawn(platform))
            assert [line for line in read(platform) if DESK.search(line)] == []
            past = minute
        assert any("chase.needed" in card for _, card in looks[-1])
        cared = visibility is Visibility.UNNAMED  # else only the desk looks after them
        assert any("chase.care.needed" in card for _, card in looks[-1]) is cared
        seen.append(looks)
        await world.service.work.storage.close()
    kept, back = seen
    assert kept == back


@pytest.mark.parametrize("press", [Verb.WRITE, Verb.CARE_HAPPENED, Verb.WITHDRAW])
async def test_what_an_unnamed_reporter_does_after_a_new_roster_changes_no_card_of_the_site(
    people, world, platform, press: Verb
) -> None:
    case = await people.report(visibility=Visibility.UNNAMED)
    await world.works_off()
    await people.answer("tanaka", Verb.CANNOT, case, "care")
    await world.passes(minutes=2)
    directory = world.service.work.directory
    directory.load([p for p in directory.company.people if p.id != "tanaka"], 1)
    await let_go_of_who_left(world.service.work)
    await world.passes(minutes=2)
    platform.notes.clear()
    await people.say(case, press, words="One thing more.")
    await world.works_off()
    assert {channel for _, channel in platform.notes} == {"desk"}
    # What the site itself does brings its cards up to date.
    await people.answer("yamamoto", Verb.COMING, case, "care")
    await world.works_off()
    assert "shinjuku" in {channel for _, channel in platform.notes}
