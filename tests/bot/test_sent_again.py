"""Sent again after a lost answer: what was changed meanwhile is taken up, or it is said."""

import pytest

from bot.conversations import Conversations
from bot.endings import Opened
from bot.sealed_lists import Visitor
from flows.outcomes import When
from flows.phrases import Phrase, say
from flows.presses import Verb
from flows.report import NAME, WORDS
from tests.bot.conftest import People
from tests.bot.test_conversations import HANA, Visit, opened
from tests.support.world import World

TAKEN, REST = say("sent_again.taken"), say("sent_again.rest")
IN_THE_CHAT = Visitor("slack", "T1", "U1", site_id="shinjuku", push="slack:@T1.U1", name="Hana")


class Sender:
    """Sends one review again and again, as if no answer ever came."""

    def __init__(self, conversations: Conversations, world: World) -> None:
        self.conversations = conversations
        self.world = world
        self.last: Opened | None = None

    async def reaches_the_review(self, visibility: str = "u", visitor: Visitor = HANA) -> None:
        self.visit = Visit(self.conversations, visitor)
        self.review = await self.visit.reaches_the_review(visibility)

    async def sends(self, words: str = "", name: str = "Hana", **chosen: str) -> Phrase | None:
        """What is said about it."""
        groups = {group.id: group.chosen for group in self.review.ask.groups}
        groups |= {id: (code,) if code else () for id, code in chosen.items()}
        typed = {WORDS: words, NAME: name}
        sent = await self.conversations.press(
            self.visit.visitor, self.review.token, "send", groups, typed
        )
        self.last = opened(sent)
        return self.last.notice

    async def messages(self) -> list[str]:
        assert self.last is not None
        async with self.world.service.work.storage.read() as tx:
            found = await tx.messages.of_case(self.last.filed.case_id)
        return [message.text for message in found]


@pytest.fixture
async def sender(conversations: Conversations, world: World) -> Sender:
    sender = Sender(conversations, world)
    await sender.reaches_the_review()
    return sender


async def test_the_same_words_and_choices_once_more_change_nothing(sender: Sender) -> None:
    for _ in range(3):
        assert await sender.sends("He shouted.", leaving="now", wishes="listen") is None
    assert await sender.messages() == []


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        ("He shouted.", "He shouted. He has a knife", "He has a knife"),
        ("He shouted", "He shouted\nand hit me", "and hit me"),
        ("怒鳴られた。", "怒鳴られた。刃物も見えた。", "刃物も見えた。"),
        ("殴られた", "殴られたり蹴られたりした", "殴られたり蹴られたりした"),
        ("He", "Hello", "Hello"),
        ("", "He shouted.", "He shouted."),
    ],
)
async def test_words_that_were_added_become_one_message(
    sender: Sender, first: str, then: str, message: str
) -> None:
    assert await sender.sends(first) is None
    said = await sender.sends(then)
    assert said == (TAKEN if then.startswith(first) else REST)
    assert await sender.sends(then) is None
    assert await sender.messages() == [message]


async def test_each_try_adds_only_what_is_new(sender: Sender) -> None:
    for words in ("One.", "One. Two.", "One. Two. Three."):
        await sender.sends(words)
    assert await sender.messages() == ["Two.", "Three."]


async def test_words_that_were_rewritten_are_added_whole_and_that_is_said(sender: Sender) -> None:
    await sender.sends("He shouted.")
    assert await sender.sends("He cried.") == REST
    assert await sender.messages() == ["He cried."]


@pytest.mark.parametrize("shorter", ["", "He shouted."])
async def test_words_that_were_taken_out_stand_and_that_is_said(
    sender: Sender, shorter: str
) -> None:
    await sender.sends("He shouted. It was Sato.")
    assert await sender.sends(shorter) == REST
    assert await sender.messages() == []


async def test_danger_in_the_second_try_brings_the_desk(
    sender: Sender, people: People, world: World, platform
) -> None:
    await sender.sends("He shouted.")
    await world.works_off()
    assert sender.last is not None and not platform.cards("desk")
    await sender.sends("He shouted. I want to die.")
    await world.works_off()
    assert len(platform.cards("desk")) == 1
    assert (await people.duty(sender.last.filed, "follow_up")).kind == "follow_up"


async def test_choices_that_a_report_only_shows_are_put_right(
    conversations: Conversations, world: World, people: People, platform
) -> None:
    sender = Sender(conversations, world)
    await sender.reaches_the_review("u", IN_THE_CHAT)
    await sender.sends(leaving="now", place="site")
    await world.works_off()
    assert "Shinjuku" in repr(platform.cards("desk"))
    assert await sender.sends(leaving="now", place="area", when=When.TODAY.value) == TAKEN
    await world.works_off()
    assert "Shinjuku store" not in repr(platform.cards("desk"))
    assert "when.t" in repr(platform.cards("desk"))
    assert sender.last is not None
    assert "corrected" in await people.facts(sender.last.filed)
    assert await sender.sends(leaving="now", place="area", when=When.TODAY.value) is None


async def test_choices_that_had_their_effect_stand_and_that_is_said(
    conversations: Conversations, world: World
) -> None:
    for first, then in (
        ({"leaving": "later"}, {"leaving": "now"}),
        ({"back": "w"}, {"back": "r"}),
        ({"wishes": ""}, {"wishes": "doctor"}),
    ):
        sender = Sender(conversations, world)
        await sender.reaches_the_review("u", IN_THE_CHAT)
        assert await sender.sends(**first) is None
        assert await sender.sends(**then) == REST
        assert await sender.sends(**first) is None


async def test_a_name_that_was_put_right_is_what_the_desk_reads(
    conversations: Conversations, world: World, platform
) -> None:
    sender = Sender(conversations, world)
    await sender.reaches_the_review("n")
    await sender.sends(name="Hanna")
    await world.works_off()
    assert await sender.sends(name="Hana Mori") == TAKEN
    await world.works_off()
    assert await sender.sends(name="Hana Mori") is None


async def test_what_is_added_to_a_report_that_was_taken_back_is_said_to_be_unread(
    sender: Sender, people: People
) -> None:
    await sender.sends("He shouted.")
    assert sender.last is not None
    await people.say(sender.last.filed, Verb.WITHDRAW)
    assert await sender.sends("He shouted. And swore.") == say("talk.taken_back")
    assert await sender.messages() == ["And swore."]
