"""The oracle of running lists: one reminder speaks for every report on its list, and truly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from flows.phrases import Phrase, Say
from flows.screens import Card
from tests.simulation.alerts import Alert, Alerts
from tests.simulation.identity import DutyName, Identity
from tests.simulation.platform import Shown
from tests.simulation.reading import is_list, lines_of, parts_of
from tests.simulation.verdict import Verdict

ASKS, DONE = "nudge.list", "nudge.list_done"
_FREE = frozenset({"list.taken", "desk.closed", "desk.withdrawn"})
"""Of such a line's report nobody need take charge any more."""


class Lists:
    """Which reports stand on a list together, and who was asked about them all."""

    def __init__(
        self, alerts: Alerts, identity: Identity, lists_of: Mapping[str, Iterable[str]]
    ) -> None:
        """`lists_of`: by case, the lists that named it."""
        self._alerts = alerts
        self._identity = identity
        self._lists_of = lists_of
        self._cases: dict[str, list[str]] = defaultdict(list)
        for case_id, keys in lists_of.items():
            for key in keys:
                self._cases[key].append(case_id)

    def told(self, duty: DutyName) -> list[Alert]:
        """Who was asked about a duty by a reminder of the whole list that its report is on."""
        with_it = {c for key in self._lists_of.get(duty.case_id, ()) for c in self._cases[key]}
        return [
            alert
            for case_id in sorted(with_it)
            for other in self._identity.of_case(case_id)
            if other.kind == duty.kind
            for alert in self._alerts.about(other.id)
            if _says(alert.message.first.card) == ASKS
        ]


def reminded_truly(verdict: Verdict, messages: list[Shown]) -> None:
    """Beside a list whose reports all have somebody nobody is asked to take one; and beside one
    where some have not, nobody is told that all have."""
    by_thread: dict[str, list[Shown]] = defaultdict(list)
    for message in messages:
        if message.thread is not None and _says(message.now) in (ASKS, DONE):
            by_thread[message.thread].append(message)
    for running in messages:
        if running.thread is not None or not is_list(running.now):
            continue
        free = all(_FREE.intersection(_keys(line)) for line in lines_of(running.now))
        wrong = ASKS if free else DONE
        for reminder in by_thread[running.ref]:
            if _about(reminder.now) == "duty.take":
                verdict.count("reminders_of_lists_looked_at")
                if _says(reminder.now) == wrong:
                    verdict.complain("stale", f"beside a list stands {wrong}")


def _keys(line: Phrase) -> Iterator[str]:
    return (part.key for part in parts_of(line) if isinstance(part, Say))


def _says(card: Card) -> str:
    return card.title.key if isinstance(card.title, Say) else ""


def _about(card: Card) -> str:
    duty = card.title.values.get("duty") if isinstance(card.title, Say) else None
    return duty.key if isinstance(duty, Say) else ""
