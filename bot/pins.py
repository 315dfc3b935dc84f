"""Every minute: the histories that grew are pinned outside the database."""

from bot.case_records import Head
from bot.heads import Pin, PinKind
from bot.heads_file import HeadsFile
from bot.ports import Clock, Storage

AT_ONCE = 1000
"""Lines read in one transaction."""


class HistoryShrank(Exception):
    """The database ends before what was pinned: lines were cut off, or a backup was restored."""


class Pins:
    """Pins what grew. The cost is that of the lines written since the last time."""

    def __init__(self, storage: Storage, clock: Clock, file: HeadsFile) -> None:
        self._storage = storage
        self._clock = clock
        self._file = file

    async def pin(self) -> None:
        """Pins the newest line of every case that grew.

        Raises HistoryShrank, HeadsBroken, OSError, and whatever a database raises.
        """
        await self._file.begin(self._clock.now())
        upto = await self._file.upto()
        async with self._storage.read() as tx:
            newest = await tx.history.newest()
        if newest < upto:
            raise HistoryShrank
        while upto < newest:
            async with self._storage.write() as tx:
                heads = await tx.history.grown(upto, AT_ONCE)
            if not heads:  # they left in between
                return
            await self._file.append([self._pinned(head) for head in heads])
            upto = heads[-1].number

    def _pinned(self, head: Head) -> Pin:
        return Pin(
            kind=PinKind.HEAD,
            at=self._clock.now(),
            upto=head.number,
            case=self._file.key.case(head.public_id),
            seq=head.seq,
            hash=head.hash.hex(),
        )
