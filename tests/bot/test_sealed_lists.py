"""A token opens for one visitor, for one purpose, for a day; else the answer is a refusal."""

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.packs import builtin_pack, builtin_pack_ids
from bot.sealed_lists import (
    TOKEN_CHARACTERS,
    AnswerList,
    Refusal,
    SealedLists,
    Unopened,
    Visitor,
)
from flows.acts import SEVERE_CHIPS, Chip
from flows.assessment import AfterStop, Demand, Effect, Length
from flows.checklist import talk
from flows.conversation import Asking, replay
from flows.given import Answer
from flows.ladders import Role
from flows.phrases import Own
from flows.scene import Scene, SiteOption
from flows.screens import Ask
from tests.support.world import World

VISITOR = Visitor("web", "hinata", "cookie-1")
LIST = AnswerList("talk", "0123456789abcdef", ("check", "v", "next/c.f"), "shinjuku", b"s" * 16)
LONGEST_ID = "s" * 16
KEPT_OUT = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)


async def refusal(lists: SealedLists, visitor: Visitor, token: str) -> Refusal | None:
    try:
        await lists.open(visitor, token)
    except Unopened as unopened:
        return unopened.refusal
    return None


async def test_a_list_comes_back_as_it_was(lists: SealedLists) -> None:
    for list_ in (LIST, replace(LIST, call="QRT7K4M")):
        assert await lists.open(VISITOR, await lists.seal(VISITOR, list_)) == list_


def longest_answers(ask: Ask, button: str) -> str:
    """Everything chosen that can be chosen at once."""
    groups = []
    for group in ask.groups:
        codes = [option.code for option in group.options]
        groups.append(tuple(codes) if group.many else (max(codes, key=len),))
    return Answer(button, tuple(groups)).pack()


def mild(ask: Ask) -> str:
    """Every act that does not end the questions at once."""
    codes = [option.code for option in ask.groups[0].options]
    return "next/" + ".".join(code for code in codes if code not in SEVERE_CHIPS)


def longest_paths(scene: Scene, *, severe: bool) -> Iterator[tuple[str, ...]]:
    """The lists on the way to a report, choosing all there is, every question asked."""
    answers: tuple[str, ...] = ()
    buttons = {"first": "check", "safe": "v", "site": LONGEST_ID, "result": "send"}
    buttons |= {"demand": Demand.OUR_FAULT, "length": Length.SHORT}
    buttons |= {"after_stop": AfterStop.COULD_NOT_SAY}
    while isinstance(here := replay(talk, scene, answers), Asking):
        yield answers
        ask = here.ask
        button = buttons.get(ask.step, "next")
        if ask.step == "review":
            return
        if ask.step == "acts" and not severe:
            answers = (*answers, mild(ask))
        else:
            answers = (*answers, longest_answers(ask, button))


@pytest.mark.parametrize("pack", builtin_pack_ids())
@pytest.mark.parametrize("severe", [True, False], ids=["severe", "mild"])
async def test_every_path_fits_a_token_of_one_size(
    lists: SealedLists, pack: str, severe: bool
) -> None:
    name = Own(ja="店", en="Store")
    sites = tuple(SiteOption(id, name, name, "store") for id in (LONGEST_ID, "t" * 16))
    scene = Scene(policy=builtin_pack(pack), sites=sites, roles=KEPT_OUT)
    paths = list(longest_paths(scene, severe=severe))
    assert len(paths[-1]) >= 6
    for answers in paths:
        full = AnswerList("talk", "f" * 16, answers, LONGEST_ID, b"\xff" * 16, "WWWWWWW")
        token = await lists.seal(VISITOR, full)
        assert len(token) == TOKEN_CHARACTERS <= 500
        assert await lists.open(VISITOR, token) == full


async def test_the_longest_list_that_any_screen_could_give_fits_a_token(lists: SealedLists) -> None:
    """Longer than any path: all acts, all effects, every question, everybody kept out."""
    everything = (
        "check",
        "v",
        "next/" + ".".join(Chip),
        "next/" + ".".join(Effect),
        "q",
        "q",
        "c",
        "send/i",
        LONGEST_ID,
        "next/u/y/" + ".".join(role.value for role in Role),
    )
    full = AnswerList("talk", "f" * 16, everything, LONGEST_ID, b"\xff" * 16, "WWWWWWW")
    assert len(await lists.seal(VISITOR, full)) == TOKEN_CHARACTERS


async def test_a_pass_has_the_size_of_any_token(lists: SealedLists) -> None:
    assert len(await lists.seal_pass(VISITOR, "a" * 32)) == TOKEN_CHARACTERS


async def test_the_same_list_never_looks_the_same_twice(lists: SealedLists) -> None:
    assert await lists.seal(VISITOR, LIST) != await lists.seal(VISITOR, LIST)


async def test_any_byte_changed_opens_nothing(lists: SealedLists) -> None:
    token = await lists.seal(VISITOR, LIST)
    raw = base64.urlsafe_b64decode(token + "=")
    chance = random.Random(7)
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        forged = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        assert await refusal(lists, VISITOR, forged) in (Refusal.UNKNOWN, Refusal.STALE), place


async def test_a_broken_token_opens_nothing(lists: SealedLists) -> None:
    token = await lists.seal(VISITOR, LIST)
    middle = TOKEN_CHARACTERS // 2
    broken = [
        "",
        token[:-1],
        token + "A",
        token[1:],
        token[:middle],
        token * 2,
        "?" * TOKEN_CHARACTERS,
        "あ" * TOKEN_CHARACTERS,
        "=" * TOKEN_CHARACTERS,
        "A" * TOKEN_CHARACTERS,
        token[:middle] + "\n" + token[middle + 1 :],
        token[:middle] + "+" + token[middle + 1 :],
        token[:middle] + "\0" + token[middle + 1 :],
    ]
    for forged in broken:
        if forged != token:
            assert await refusal(lists, VISITOR, forged) is not None, forged


@pytest.mark.parametrize(
    "other",
    [
        replace(VISITOR, platform="slack"),
        replace(VISITOR, tenant="another"),
        replace(VISITOR, actor="cookie-2"),
        Visitor("web", "hinata|cookie-1", ""),
    ],
)
async def test_a_token_opens_for_nobody_else(lists: SealedLists, other: Visitor) -> None:
    token = await lists.seal(VISITOR, LIST)
    assert await refusal(lists, other, token) is Refusal.UNKNOWN


async def test_no_two_visitors_are_bound_alike(lists: SealedLists) -> None:
    token = await lists.seal(Visitor("slack", "T1", "U1|x"), LIST)
    assert await refusal(lists, Visitor("slack", "T1|U1", "x"), token) is Refusal.UNKNOWN


async def test_the_language_and_the_poster_bind_no_token(lists: SealedLists) -> None:
    token = await lists.seal(VISITOR, LIST)
    elsewhere = replace(VISITOR, language="en", site_id="yotsuya")
    assert await lists.open(elsewhere, token) == LIST


async def test_a_pass_is_no_list_and_a_list_no_pass(lists: SealedLists) -> None:
    pass_token = await lists.seal_pass(VISITOR, "a" * 32)
    assert await lists.open_pass(VISITOR, pass_token) == "a" * 32
    assert await refusal(lists, VISITOR, pass_token) is Refusal.UNKNOWN
    with pytest.raises(Unopened):
        await lists.open_pass(VISITOR, await lists.seal(VISITOR, LIST))


async def test_a_token_is_good_for_a_day(lists: SealedLists, world: World) -> None:
    token = await lists.seal(VISITOR, LIST)
    world.clock.passes(hours=24)
    assert await lists.open(VISITOR, token) == LIST
    world.clock.passes(seconds=1)
    assert await refusal(lists, VISITOR, token) is Refusal.STALE


def another_process(world: World) -> SealedLists:
    work = world.service.work
    return SealedLists(work.storage, work.clock, work.entropy)


async def test_any_process_opens_what_another_sealed(lists: SealedLists, world: World) -> None:
    assert await another_process(world).open(VISITOR, await lists.seal(VISITOR, LIST)) == LIST


async def test_after_two_days_the_key_itself_is_gone(
    lists: SealedLists, world: World, rows: Callable[[], dict[str, int]]
) -> None:
    token = await lists.seal(VISITOR, LIST)
    world.clock.passes(hours=48)
    await lists.seal(VISITOR, LIST)
    assert rows() == {"draft_key": 1}
    for process in (lists, another_process(world)):
        assert await refusal(process, VISITOR, token) is Refusal.STALE


async def test_a_key_is_destroyed_after_two_days_even_when_nobody_comes(
    lists: SealedLists, world: World, rows: Callable[[], dict[str, int]]
) -> None:
    await lists.seal(VISITOR, LIST)
    await world.passes(hours=49)
    assert "draft_key" not in rows()


async def test_yesterdays_key_still_opens_while_its_tokens_live(
    lists: SealedLists, world: World
) -> None:
    world.clock.passes(hours=13)  # late in the evening, in UTC
    token = await lists.seal(VISITOR, LIST)
    world.clock.passes(hours=20)
    await lists.seal(VISITOR, LIST)
    assert await another_process(world).open(VISITOR, token) == LIST
