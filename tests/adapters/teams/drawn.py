"""Every screen of every conversation, found by answering each in every telling way."""

from collections.abc import Iterator
from functools import cache

from bot.packs import builtin_pack
from flows.conversation import Asking, StartFlow, advance, replay
from flows.help_now import FIND
from flows.ladders import Role
from flows.phrases import Own
from flows.scene import Scene, SiteOption
from flows.screens import Ask

LEAVES = 8
"""Different screens of one step are enough at this many: they differ in one phrase."""


def scene(sites: int, pack: str = "standard", **more: object) -> Scene:
    """A company with this many sites."""
    made = tuple(
        SiteOption(
            id=f"s{number}",
            name=Own(ja=f"{number}号店", en=f"Store *{number}*"),
            area=Own(ja="新宿<at>エリア</at>", en="Shinjuku [area](https://evil.example)"),
            location="store",
            headcount=number % 7,
            area_headcount=12,
        )
        for number in range(sites)
    )
    return Scene(policy=builtin_pack(pack), sites=made, roles=tuple(Role)[:4], **more)  # type: ignore[arg-type]


@cache
def screens(flow: StartFlow, sites: int) -> tuple[tuple[Asking, bool], ...]:
    """Every screen that answers lead to, and whether there is one before it."""
    return tuple(_found(flow, scene(sites)))


def _found(flow: StartFlow, where: Scene) -> Iterator[tuple[Asking, bool]]:
    seen: dict[str, set[str]] = {}
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        here = replay(flow, where, waiting.pop())
        if not isinstance(here, Asking):
            continue
        shown = seen.setdefault(here.ask.step, set())
        written = here.ask.model_dump_json()
        if written in shown or len(shown) >= LEAVES:
            continue
        shown.add(written)
        yield here, bool(here.answers)
        waiting += [after for after in _answers(flow, where, here) if after is not None]


def _answers(flow: StartFlow, where: Scene, here: Asking) -> Iterator[tuple[str, ...] | None]:
    for button in here.ask.buttons[:12]:
        for chosen in _choices(here.ask):
            after = advance(flow, where, here.answers, button.code, chosen)
            yield after.answers if isinstance(after, Asking) and not after.problem else None


def _choices(ask: Ask) -> Iterator[dict[str, tuple[str, ...]]]:
    first = {g.id: g.chosen or (g.options[0].code,) for g in ask.groups if g.options}
    yield first
    for group in ask.groups:
        for option in group.options:
            yield {**first, group.id: (option.code,)}


__all__ = ["FIND", "scene", "screens"]
