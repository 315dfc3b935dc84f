"""Somebody unnamed who wrote their own name is pointed at it, and decides; nothing is refused."""

from dataclasses import replace

import pytest

from bot.conversations import Conversations, Screen
from bot.endings import Opened
from bot.sealed_lists import Visitor
from flows.report import WORDS
from tests.bot.test_exclusions import asks_who

SAID = "「花子を出せ」とどなられました。"


async def review(conversations: Conversations, platform: str, unnamed: bool = True):
    """The screen that sends, for Hanako."""
    visitor, screen = await asks_who(conversations, platform, name="山田 花子")
    chosen = {"visibility": ["u" if unnamed else "n"], "site_may_know": ["n"]}
    return visitor, await conversations.press(visitor, screen.token, "next", chosen, {})


async def sends(conversations, visitor: Visitor, screen: Screen, button: str, **typed: str):
    chosen = {g.id: list(g.chosen) for g in screen.ask.groups if g.chosen}
    return await conversations.press(visitor, screen.token, button, chosen, typed)


@pytest.mark.parametrize(
    ("language", "button", "stands"),
    [
        ("ja", "hide", "「〔名前〕を出せ」とどなられました。"),
        ("ja_simple", "hide", "「〔名前〕を出せ」とどなられました。"),
        ("en", "hide", "「〔name〕を出せ」とどなられました。"),
        ("ja", "asitis", SAID),
    ],
)
async def test_the_name_is_pointed_at_and_the_reporter_decides(
    conversations, world, language: str, button: str, stands: str
) -> None:
    visitor, screen = await review(conversations, "slack")
    visitor = replace(visitor, language=language)
    assert {option.code for option in screen.ask.buttons} == {"send"}
    again = await sends(conversations, visitor, screen, "send", **{WORDS: SAID})
    assert isinstance(again, Screen) and "problem.own_name" in repr(again.problem)
    assert {option.code for option in again.ask.buttons} == {"send", "hide", "asitis"}
    sent = await sends(conversations, visitor, again, button, **{WORDS: SAID})
    assert isinstance(sent, Opened)
    async with world.service.work.storage.read() as tx:
        body = (await tx.cases.body(sent.filed.case_id)).content.decode()
    assert stands in body


async def test_words_without_the_name_are_sent_at_once(conversations) -> None:
    visitor, screen = await review(conversations, "slack")
    typed = {WORDS: "どなられました"}
    assert isinstance(await sends(conversations, visitor, screen, "send", **typed), Opened)


async def test_who_gives_their_name_is_not_asked(conversations) -> None:
    visitor, screen = await review(conversations, "slack", unnamed=False)
    typed = {WORDS: SAID, "name": "花子"}
    assert isinstance(await sends(conversations, visitor, screen, "send", **typed), Opened)
