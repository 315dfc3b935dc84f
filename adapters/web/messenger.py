"""The web demo's channels as a platform: posts and edits, kept as rows of our own."""

from bot.messengers import DELETED, Delivery, Found, NotThere, Permanent, Sent
from bot.ports import Clock, Storage
from flows.screens import Card


class WebMessenger:
    """Posts to the demo's channels. A key posts once, so no answer is ever ambiguous."""

    gap_seconds = 0.0
    reads_back = False

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message, or finds the one this key posted before."""
        async with self._storage.write() as tx:
            now = self._clock.now()
            ref = await tx.board.post(key, channel, thread, card.model_dump_json(), now)
        return Sent(ref)

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        """Makes a message show `card`."""
        async with self._storage.write() as tx:
            found = await tx.board.edit(ref, card.model_dump_json(), self._clock.now())
        return Sent(ref) if found else Permanent(DELETED)

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Nothing to look for: no answer of this platform is ever lost."""
        return NotThere()
