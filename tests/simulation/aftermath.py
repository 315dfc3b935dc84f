"""What people see when all is quiet again, written so that two worlds can be compared.

Ids and moments differ between two worlds in which the same things happened; words do not.
"""

import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from bot.audits import audit
from bot.desk import open_details
from tests.simulation.crash_stage import CrashWorld, Reporter, Stage
from tests.simulation.ledger import NEVER
from tests.simulation.platform import Shown

_DIFFERS = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[^']*|TzInfo\([^)]*\)")


@dataclass(frozen=True)
class Aftermath:
    """What stands where in the end, and what is wrong by itself."""

    seen: tuple[str, ...]
    wrong: tuple[str, ...]
    repeated: int
    """Messages that stand there once more, as they may."""
    may_miss: int = 0
    """Reminders that never came, as they may."""
    unsure: int = 0
    """Reminders of which the service cannot know whether they came."""


async def look(stage: Stage) -> Aftermath:
    """Looks at every channel, every page and every case, once all is quiet."""
    world, names = stage.world, {}
    for reporter in stage.reporters:
        names[reporter.begun.public_id or "?"] = f"case{reporter.begun.number}"
        names[reporter.begun.receipt or "?"] = f"receipt{reporter.begun.number}"
    seen = _messages(world)
    for reporter in stage.reporters:
        seen += await _of_case(world, reporter)
    wrong = [*_wrong(stage), *_still_sending(seen), *(await _owed(world))]
    copies = [len(shown) for shown in _by_key(world).values()]
    return Aftermath(
        tuple(_plain(line, names) for line in seen),
        tuple(wrong),
        sum(copies) - len(copies),
        len(world.may_miss - _by_key(world).keys()),
        len(world.unsure),
    )


def _plain(line: str, names: dict[str, str]) -> str:
    for name, stands_for in names.items():
        line = line.replace(name, stands_for)
    return _DIFFERS.sub("~", line)


def _by_key(world: CrashWorld) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for message in world.platform.messages():
        found[message.key].append(message)
    return found


def _messages(world: CrashWorld) -> list[str]:
    """Each message as it stands; of one that was repeated, the one that is kept up to date."""
    lines = []
    for copies in _by_key(world).values():
        last = copies[-1]
        alerted = sorted({p for shown in copies for p in shown.first.card.mentions})
        root = world.platform.message(last.thread or "")
        under = "" if root is None else f" under {_text(root.first.card.title)}"
        card = _text(last.now.model_copy(update={"mentions": ()}))
        lines.append(f"{last.channel}{under} alerted {alerted}: {card}")
    return sorted(lines, key=lambda line: _DIFFERS.sub("~", line))


async def _of_case(world: CrashWorld, reporter: Reporter) -> list[str]:
    own = await reporter.page()
    case_id = reporter.begun.case_id or ""
    opened = await world.ask(lambda doors: open_details(doors.work, case_id))
    lines = [f"page: {_text(own.card) if own else None}"]
    if opened is not None:
        lines += [f"details {name}: {_text(part)}" for name, part in vars(opened).items()]
    return lines


def _text(part: Any) -> str:
    """Something of a screen, as text; a moment starts with its year."""
    if isinstance(part, BaseModel):
        return str(part.model_dump(mode="json"))
    if isinstance(part, tuple | list):
        return "[" + ", ".join(_text(each) for each in part) + "]"
    return _text(tuple(vars(part).values())) if hasattr(part, "__dict__") else str(part)


def _wrong(stage: Stage) -> list[str]:
    """What is wrong whatever another world shows."""
    world = stage.world
    found = [*world.problems, *(f"{type(e).__name__}: {e}" for e in world.loop.failures)]
    for reporter in stage.reporters:
        begun = reporter.begun
        if begun.acknowledged == NEVER:
            found.append(f"employee {begun.number} was never told that it is there")
        if len(begun.answers) > 1:
            found.append(f"one sending became {len(begun.answers)} cases")
    for key, copies in _by_key(world).items():
        allowed = 0 if world.platform.reads_back else world.may_repeat[key]
        if len(copies) > 1 + allowed:
            found.append(f"{len(copies)} times in {copies[0].channel}: {copies[0].now.title}")
    return found


def _still_sending(seen: list[str]) -> list[str]:
    """Nothing is on its way any more, and no page says so."""
    pages = (line for line in seen if line.startswith("page: "))
    return [f"sent for ever: {page}" for page in pages if "'help.sending" in page]


async def _owed(world: CrashWorld) -> list[str]:
    """What the service itself still owes now."""
    found = await world.ask(lambda doors: audit(doors.work))
    if found.clean and not found.due:
        return []
    return [f"the audit says {found.findings()}, due {dict(asdict(found)['due'])}"]
