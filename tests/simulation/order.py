"""Which of two deeds came last: nobody knows, where both were on their way at the same time."""

from tests.simulation.promise import NEVER, Deed, Done

_UNDO = (Deed.AGAIN, Deed.EVERYBODY)
"""What came before counts no more after these, whoever it was from."""


class Order:
    """The deeds on one duty so far."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        """By whom, and until when the last of it may have been on its way; "" for what undoes."""

    def is_unknown(self, done: Done) -> bool:
        """Whether an earlier deed may have come later than this one, where that matters."""
        undoes = done.deed in _UNDO
        who = "" if undoes else done.person
        rivals = self._until if undoes else {"", done.person}
        latest = max((self._until.get(rival, -NEVER) for rival in rivals), default=-NEVER)
        self._until[who] = max(done.until, self._until.get(who, -NEVER))
        return done.since < latest
