"""`mamori case verify`: is every history as it was written, and is every case still there?"""

from collections.abc import Mapping, Sequence
from typing import TextIO

from bot.heads import HeadsBroken, Pin, PinKind, checked
from bot.heads_file import HeadsFile
from bot.ports import Storage


class Verification:
    """One look at all histories, beside what was pinned of them. Reads only."""

    def __init__(self, storage: Storage, heads: HeadsFile | None) -> None:
        self._storage = storage
        self._heads = heads
        self.wrong: list[str] = []
        """What is wrong, a line for a person each."""
        self.checked = 0
        self.unpinned = 0
        """Cases with lines that are not pinned yet: for a minute that is as it should be."""
        self.since: Pin | None = None
        """The first line of the file of heads."""
        self.no_file = False

    async def of(self, public_ids: Sequence[str]) -> None:
        """Looks at these cases; at all, and for cases that are gone, when none is named."""
        # The heads first: a line that is written meanwhile is then only not pinned yet.
        pinned = self._pinned()
        async with self._storage.read() as tx:
            known = {public: case_id for case_id, public in (await tx.cases.public_ids()).items()}
        if self.no_file and known:
            self.wrong.append(f"{self._heads and self._heads.path}: there is no such file")
        for public_id in public_ids or known:
            await self._look_at(public_id, known, pinned)
        if not public_ids:
            self._miss(pinned, known)

    def _pinned(self) -> dict[str, Pin]:
        """The last head of each case that has not left, by its name in the file."""
        pinned: dict[str, Pin] = {}
        if self._heads is None:
            return pinned
        try:
            for pin in checked(self._heads.lines(), self._heads.key):
                if pin.kind is PinKind.START:
                    self.since = pin
                elif pin.kind is PinKind.LEFT:
                    pinned.pop(pin.case, None)
                else:
                    pinned[pin.case] = pin
        except HeadsBroken as broken:
            self.wrong.append(f"{self._heads.path}: {broken}")
            return {}  # nothing that it says is proved
        except FileNotFoundError:
            self.no_file = True
        return pinned

    async def _look_at(
        self, public_id: str, known: Mapping[str, str], pinned: Mapping[str, Pin]
    ) -> None:
        head = pinned.get(self._heads.key.case(public_id)) if self._heads else None
        if public_id not in known:
            what = "was pinned and is gone" if head else "is unknown"
            self.wrong.append(f"{public_id}: the case {what}")
            return
        self.checked += 1
        async with self._storage.read() as tx:
            broken = await tx.history.first_broken(known[public_id])
            hashes = await tx.history.hashes(known[public_id])
        if broken is not None:
            self.wrong.append(f"{public_id}: line {broken.seq} was {broken.what.value}")
        elif not hashes or (head and head.seq >= len(hashes)):
            # Every case has a first line, so an empty history was emptied.
            self.wrong.append(f"{public_id}: line {len(hashes)} was removed, and all after it")
        elif head and hashes[head.seq].hex() != head.hash:
            self.wrong.append(f"{public_id}: {self._forged(head, hashes)}")
        elif self._heads and (head is None or head.seq < len(hashes) - 1):
            self.unpinned += 1

    def _forged(self, head: Pin, hashes: Sequence[bytes]) -> str:
        """Which line it was of a chain that fits in itself and not to what was pinned."""
        assert self._heads is not None
        good, bad = -1, head.seq
        for line in self._heads.lines():
            pin = line.pin
            if pin.kind is PinKind.HEAD and pin.case == head.case and pin.seq < bad:
                fits = hashes[pin.seq].hex() == pin.hash
                good, bad = (max(good, pin.seq), bad) if fits else (good, pin.seq)
        if good + 1 == bad:
            return f"line {bad} was altered, and all after it written anew"
        return f"one of the lines {good + 1} to {bad} was altered, and all after it written anew"

    def _miss(self, pinned: Mapping[str, Pin], known: Mapping[str, str]) -> None:
        """Finds cases that were pinned and are gone."""
        if self._heads is None:
            return
        gone = pinned.keys() - {self._heads.key.case(public_id) for public_id in known}
        # Whoever rightly left in the meantime says so in the file before it leaves.
        if gone:
            gone &= self._pinned().keys()
        for case in sorted(gone):
            last = pinned[case]
            lines = f"{last.seq + 1} lines on {last.at:%Y-%m-%d %H:%M} UTC"
            self.wrong.append(f"a case is gone whose history had {lines}")


async def verify_cases(
    storage: Storage, heads: HeadsFile | None, public_ids: Sequence[str], out: TextIO
) -> int:
    """Looks, prints what is wrong and the counts. Gives 1 when anything is wrong."""
    found = Verification(storage, heads)
    await found.of(public_ids)
    for line in found.wrong:
        print(line, file=out)
    print(f"Cases checked: {found.checked}. Wrong: {len(found.wrong)}.", file=out)
    if heads is None:
        print("Nothing is pinned (MAMORI_HEADS): a missing end or case does not show.", file=out)
    elif found.no_file and not found.wrong:
        print("No case yet, and no file of heads: mamori serve begins it.", file=out)
    elif found.since is not None:
        since = f"{found.since.at:%Y-%m-%d}"
        print(f"Pinned since {since}. Cases not pinned yet: {found.unpinned}.", file=out)
    return 1 if found.wrong else 0
