"""Who was alerted about what and when, as their phones showed it."""

from collections import defaultdict
from dataclasses import dataclass

from tests.simulation.identity import Identity
from tests.simulation.platform import Shown


@dataclass(frozen=True)
class Alert:
    """One person's phone rang about one duty."""

    person: str
    duty_id: str
    at: float
    by_card: bool
    """The card of the duty itself, when it was new."""
    message: Shown

    @property
    def directly(self) -> bool:
        """By a message of their own, not in a channel."""
        return self.message.channel.startswith("@")


class Alerts:
    """Every alert of a world, by duty."""

    def __init__(self, messages: list[Shown], identity: Identity) -> None:
        self._by_duty: dict[str, list[Alert]] = defaultdict(list)
        self._identity = identity
        for message in messages:
            for duty_id, by_card in self._about(message):
                for person in _whom(message):
                    alert = Alert(person, duty_id, message.first.at, by_card, message)
                    self._by_duty[duty_id].append(alert)

    def about(self, duty_id: str) -> list[Alert]:
        """The alerts about one duty, oldest first."""
        return self._by_duty.get(duty_id, [])

    def _about(self, message: Shown) -> list[tuple[str, bool]]:
        """The duty that a message is about: its own, or the first one of a new card."""
        duty_id = self._identity.duty_of_message.get(message.key)
        if duty_id is not None:
            return [(duty_id, False)]
        case_id, kind = self._identity.card_of.get(message.key, ("", ""))
        kind = "take" if kind == "desk" else kind
        return [(duty.id, True) for duty in self._identity.of_case(case_id) if duty.kind == kind]


def _whom(message: Shown) -> tuple[str, ...]:
    if message.channel.startswith("@"):
        return (message.channel[1:],)
    return message.first.card.mentions
