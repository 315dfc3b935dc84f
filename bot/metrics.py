"""Figures for whoever watches: counts and ages. No id, channel or name is ever a label."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import choose_encoder

from bot.audits import Audit
from bot.case_records import CaseKind
from bot.messengers import (
    Ambiguous,
    Delivery,
    Found,
    KnowsMembers,
    Messenger,
    Permanent,
    Sent,
    Throttled,
)
from flows.screens import Card

OUTCOMES: dict[type[Delivery], str] = {
    Sent: "sent",
    Throttled: "throttled",
    Ambiguous: "ambiguous",
    Permanent: "permanent",
}


class Meter:
    """One process's figures, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._sends = self._counter("sends", "Calls to a platform", "platform", "outcome")
        self._cases = self._counter("cases", "Cases that left for the desk or the site", "kind")
        self._due = self._gauge("due_jobs", "Jobs that are due", "kind")
        self._oldest = self._gauge("oldest_due_job_seconds", "Age of the oldest due job")
        self._findings = self._gauge("audit_findings", "What must be zero", "finding")
        self._exhausted = self._gauge("exhausted_duties", "Duties with nobody left to ask")
        self._evidence = self._gauge("evidence_used_ratio", "Room for files that is used")
        self._clean = self._gauge("last_clean_audit_timestamp_seconds", "Last clean self-audit")

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"mamori_{name}", says, labels, registry=self._registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"mamori_{name}", says, labels, registry=self._registry)

    def opened(self, kind: CaseKind) -> None:
        """A case leaves for the people who work it.

        Not when it is filed: the minute of that points at an unnamed reporter.
        """
        self._cases.labels(kind.value).inc()

    def sent(self, platform: str, outcome: Delivery) -> None:
        """A platform was called, with this outcome."""
        self._sends.labels(platform, OUTCOMES[type(outcome)]).inc()

    def audited(self, found: Audit, at: datetime) -> None:
        """A pass of the self-audit ended."""
        self._due.clear()  # a kind of which nothing is due any more
        for kind, count in found.due.items():
            self._due.labels(kind).set(count)
        for finding, count in found.findings().items():
            self._findings.labels(finding).set(count)
        self._oldest.set(found.oldest_due_seconds)
        self._exhausted.set(found.exhausted_duties)
        self._evidence.set(found.evidence_used)
        if found.clean:
            self._clean.set(at.timestamp())

    def text(self, accept: str) -> tuple[bytes, str]:
        """All figures in a form that `accept` names, and the name of that form."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class MeteredMessenger:
    """A platform's messenger whose calls are counted."""

    def __init__(self, messenger: Messenger, platform: str, meter: Meter) -> None:
        self._messenger = messenger
        self._platform = platform
        self._meter = meter

    @property
    def gap_seconds(self) -> float:
        """How long the platform wants between two messages of one channel."""
        return self._messenger.gap_seconds

    @property
    def reads_back(self) -> bool:
        """Whether `find` can tell if a message was taken whose answer was lost."""
        return self._messenger.reads_back

    async def post(self, channel: str, card: Card, key: str, thread: str | None) -> Delivery:
        """Shows a new message."""
        return self._counted(await self._messenger.post(channel, card, key, thread))

    async def edit(self, channel: str, ref: str, card: Card) -> Delivery:
        """Makes an existing message show `card`."""
        return self._counted(await self._messenger.edit(channel, ref, card))

    async def find(self, channel: str, key: str, thread: str | None) -> Found:
        """Looks for the message that `key` names: a look is no send."""
        return await self._messenger.find(channel, key, thread)

    async def members(self, channel: str) -> frozenset[str] | None:
        """Who reads a channel now; nobody known where the platform has no such thing."""
        if not isinstance(self._messenger, KnowsMembers):
            return frozenset()
        return await self._messenger.members(channel)

    def _counted(self, outcome: Delivery) -> Delivery:
        self._meter.sent(self._platform, outcome)
        return outcome
