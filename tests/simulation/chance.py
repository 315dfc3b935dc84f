"""Chance from one seed, in streams: what one stream draws never moves another.

So that a world from which an event was dropped still treats the other events alike.
"""

from random import Random


def stream(*names: str | int) -> Random:
    """The random stream of this name; the same in every process and on every machine."""
    return Random("/".join(str(name) for name in names))


class SimEntropy:
    """The service's chance, from a seed: what one life draws, the next does not repeat."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def bytes(self, count: int) -> bytes:
        return self._chance.randbytes(count)

    def between(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)
