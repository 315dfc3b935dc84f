"""What a world will do, as data: a tape that can be kept, shortened and played again.

A plan is drawn from a seed (swarm: each seed switches a random part of the faults on, at
rates drawn wide) or read from a file. Whatever happens while it is played comes from its
seed and the event's own number, so a plan with an event taken out still plays the others.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.simulation.chance import stream

DAY = 86_400.0
HOUR = 3_600.0


@dataclass(frozen=True)
class Rates:
    """How often each thing goes wrong while faults are on; 0 switches it off."""

    database_error: float = 0.0
    """Of statements: the database answers with an error."""
    request_lost: float = 0.0
    """Of requests: it never arrives."""
    answer_lost: float = 0.0
    """Of requests: it is carried out, and the client never hears of it."""
    request_doubled: float = 0.0
    """Of requests: it arrives a second time, at once or hours later."""
    request_late: float = 0.0
    """Of presses: it arrives after others that were sent later."""
    throttled: float = 0.0
    """Of platform calls: 429."""
    failed_before: float = 0.0
    """Of platform calls: 5xx or a timeout, and nothing was taken."""
    failed_after: float = 0.0
    """Of platform calls: 5xx or a timeout, and it was taken."""
    slow: float = 0.0
    """Of platform calls: the answer takes longer than a handler has."""
    broken: float = 0.0
    """Of messages: the adapter raises at each try, for some hours."""


@dataclass(frozen=True)
class People:
    """How people are in this world."""

    eager: float = 0.6
    """Of managers asked: answers that they come."""
    declines: float = 0.15
    """Of managers asked: answers that they cannot."""
    together: float = 0.1
    """Of answers: a second person presses in the same moment."""
    twice: float = 0.1
    """Of presses: pressed twice."""
    stale: float = 0.1
    """Of presses: on the card as it was before."""
    desk: float = 0.8
    """Of cases: somebody at the desk takes it in time."""
    talks: float = 0.2
    """Of reporters: writes to the desk."""
    refuses: float = 0.3
    """Of care said to be done: the employee says not yet."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong at a time."""

    kind: str
    """crash, outage, gone, jump; and slow_disk, with `detail` seconds for each commit.

    The last stands on tapes alone: one draw more, and every seed would be another world.
    """
    at: float
    lasts: float = 0.0
    detail: str = ""


@dataclass(frozen=True)
class Start:
    """An employee starts something: a report or a call for help."""

    number: int
    at: float
    kind: str


@dataclass(frozen=True)
class Plan:
    """One world: who starts what and when, and what goes wrong."""

    seed: str
    days: float
    """How long people act and faults are on; then everything works, and nobody acts."""
    rest: float
    """How long it then runs on, in days."""
    began: str
    """The service's time at the start."""
    reads_back: bool
    company: str
    rates: Rates
    people: People
    starts: tuple[Start, ...]
    faults: tuple[Fault, ...]


def draw(seed: str, days: float) -> Plan:
    """The plan of a seed."""
    chance = stream(seed, "plan")
    return Plan(
        seed=seed,
        days=days,
        rest=1.0 if chance.random() < 0.9 else 95.0,
        began=chance.choice(_BEGINNINGS),
        reads_back=chance.random() < 0.6,
        company=chance.choice(("small", "small", "thin", "wide")),
        rates=_rates(chance),
        people=_people(chance),
        starts=_starts(chance, days),
        faults=_faults(chance, days),
    )


_BEGINNINGS = (
    "2026-11-24T01:00:00+00:00",
    "2026-12-24T20:00:00+00:00",  # year end, and holidays
    "2027-03-25T09:30:00+00:00",  # summer time begins in Europe and began in America
    "2027-10-25T15:00:00+00:00",  # summer time ends
    "2028-02-26T22:00:00+00:00",  # a leap day
)

_HIGHEST = Rates(
    database_error=0.002,
    request_lost=0.15,
    answer_lost=0.15,
    request_doubled=0.2,
    request_late=0.15,
    throttled=0.2,
    failed_before=0.2,
    failed_after=0.15,
    slow=0.02,
    broken=0.02,
)


def _rates(chance: Random) -> Rates:
    """Each fault is on in about half of all worlds, at a rate from rare to constant."""
    return Rates(
        **{
            each.name: getattr(_HIGHEST, each.name) * chance.random() ** 2
            if chance.random() < 0.5
            else 0.0
            for each in fields(Rates)
        }
    )


def _people(chance: Random) -> People:
    return People(
        eager=chance.choice((0.0, 0.3, 0.6, 0.9)),
        declines=chance.choice((0.0, 0.1, 0.4)),
        together=chance.choice((0.0, 0.1, 0.5)),
        twice=chance.choice((0.0, 0.05, 0.15)),
        stale=chance.choice((0.0, 0.1, 0.3)),
        desk=chance.choice((0.2, 0.7, 0.95)),
        talks=chance.choice((0.1, 0.3)),
        refuses=chance.choice((0.1, 0.5)),
    )


def _starts(chance: Random, days: float) -> tuple[Start, ...]:
    """At least 10 reports and 2 calls for help on every day."""
    drawn = []
    for day in range(int(days)):
        kinds = ["report"] * chance.randint(10, 11) + ["help"] * chance.randint(2, 3)
        drawn += [((day + chance.random()) * DAY, kind) for kind in kinds]
        if chance.random() < 0.1:  # a bad evening: many at once
            burst = (day + chance.random()) * DAY
            drawn += [(burst + chance.random() * 20, "report") for _ in range(30)]
    drawn.sort()
    return tuple(Start(number, at, kind) for number, (at, kind) in enumerate(drawn))


def _faults(chance: Random, days: float) -> tuple[Fault, ...]:
    faults = [
        *_spread(chance, "crash", days, chance.choice((0, 0.3, 1, 4)), (1, 120)),
        *_spread(chance, "outage", days, chance.choice((0, 0, 0.1, 0.3)), (300, 6 * HOUR)),
        *_spread(chance, "gone", days, chance.choice((0, 0, 0.05)), (HOUR, DAY)),
        *_spread(chance, "jump", days, chance.choice((0, 0, 0.1)), (0, 0)),
    ]
    if chance.random() < 0.05:
        faults.append(Fault("outage", chance.random() * days * DAY, 72 * HOUR, "refused"))
    return tuple(sorted(faults, key=lambda fault: fault.at))


_DETAILS = {
    "outage": ("refused", "silent", "mixed"),
    "gone": ("0", "1", "2"),
    "jump": ("1", "-1", "3600", "-3600", "86400", "-600", "40"),
    "crash": ("1", "2", "5", "11", "23", "47", "101", "211", "431"),
}


def _spread(
    chance: Random, kind: str, days: float, per_day: float, lasts: tuple[float, float]
) -> list[Fault]:
    count = int(per_day * days + chance.random())
    return [
        Fault(
            kind=kind,
            at=chance.random() * days * DAY,
            lasts=chance.uniform(*lasts),
            detail=chance.choice(_DETAILS[kind]),
        )
        for _ in range(count)
    ]


def without_start(plan: Plan, numbers: frozenset[int]) -> Plan:
    """The plan less these starts."""
    return replace(plan, starts=tuple(s for s in plan.starts if s.number not in numbers))


def write(plan: Plan, path: Path) -> None:
    """Keeps a tape."""
    path.write_text(json.dumps(asdict(plan), indent=1, sort_keys=True) + "\n")


def read(path: Path) -> Plan:
    """The plan on a tape."""
    tape: dict[str, Any] = json.loads(path.read_text())
    return Plan(
        **{
            **tape,
            "rates": Rates(**tape["rates"]),
            "people": People(**tape["people"]),
            "starts": tuple(Start(**start) for start in tape["starts"]),
            "faults": tuple(Fault(**fault) for fault in tape["faults"]),
        }
    )
