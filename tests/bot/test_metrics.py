"""The figures: counts and ages, and never an id, a channel or a name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.case_records import CaseKind
from bot.messengers import Ambiguous, Delivery, Permanent, Sent, Throttled
from bot.metrics import Meter, MeteredMessenger
from flows.phrases import Verbatim
from flows.screens import Card
from tests.bot.test_watch import CLEAN
from tests.support.world import START, FakePlatform

CARD = Card(title=Verbatim(text="canary"))


@pytest.fixture
def meter() -> Meter:
    return Meter()


def figures(meter: Meter) -> dict[str, float]:
    """Every figure by its name and labels, as a scraper reads it."""
    body, content_type = meter.text("text/plain")
    assert content_type.startswith("text/plain")
    return {
        " ".join((sample.name, *sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (Sent("1"), "sent"),
        (Throttled(START), "throttled"),
        (Ambiguous(), "ambiguous"),
        (Permanent("channel_not_found"), "permanent"),
    ],
)
async def test_every_call_to_a_platform_is_counted_by_its_outcome(
    meter: Meter, outcome: Delivery, name: str
) -> None:
    platform = FakePlatform(answers=[outcome])
    messenger = MeteredMessenger(platform, "slack", meter)
    assert await messenger.post("desk", CARD, "key", None) == outcome
    assert figures(meter)[f"mamori_sends_total {' '.join(sorted((name, 'slack')))}"] == 1


async def test_edits_are_counted_and_looks_are_not(meter: Meter) -> None:
    platform = FakePlatform(gap_seconds=1.0, reads_back=True)
    messenger = MeteredMessenger(platform, "slack", meter)
    await messenger.post("desk", CARD, "key", None)
    await messenger.edit("desk", "key", CARD)
    await messenger.find("desk", "key", None)
    assert figures(meter)["mamori_sends_total sent slack"] == 2
    assert (messenger.gap_seconds, messenger.reads_back) == (1.0, True)


def test_cases_are_counted_by_what_they_are(meter: Meter) -> None:
    for kind in (CaseKind.HELP, CaseKind.REPORT, CaseKind.REPORT):
        meter.opened(kind)
    assert figures(meter)["mamori_cases_total help"] == 1
    assert figures(meter)["mamori_cases_total report"] == 2


def test_a_pass_of_the_audit_shows_what_it_found(meter: Meter) -> None:
    found = replace(
        CLEAN, overdue=2, exhausted_duties=3, due={"card": 5, "climb": 1}, oldest_due_seconds=130.5
    )
    meter.audited(found, START)
    now = figures(meter)
    assert now["mamori_audit_findings overdue"] == 2
    assert now["mamori_audit_findings failed_cards"] == 0
    assert now["mamori_exhausted_duties"] == 3
    assert now["mamori_due_jobs card"] == 5
    assert now["mamori_oldest_due_job_seconds"] == 130.5
    assert now["mamori_last_clean_audit_timestamp_seconds"] == 0


def test_only_a_clean_pass_moves_the_time_of_the_last_clean_one(meter: Meter) -> None:
    meter.audited(CLEAN, START)
    meter.audited(replace(CLEAN, overdue=1), START + timedelta(minutes=1))
    shown = figures(meter)["mamori_last_clean_audit_timestamp_seconds"]
    assert datetime.fromtimestamp(shown, UTC) == START


def test_a_kind_of_which_nothing_is_due_any_more_is_not_shown_as_due(meter: Meter) -> None:
    meter.audited(replace(CLEAN, due={"card": 5}), START)
    meter.audited(CLEAN, START)
    assert "mamori_due_jobs card" not in figures(meter)


async def test_no_figure_holds_a_name_a_channel_or_a_word(meter: Meter) -> None:
    messenger = MeteredMessenger(FakePlatform(gone={"C0SECRET"}), "slack", meter)
    await messenger.post("C0SECRET", CARD, "key-secret", None)
    body, _ = meter.text("")
    for secret in (b"C0SECRET", b"canary", b"key-secret"):
        assert secret not in body


def test_two_meters_share_nothing(meter: Meter) -> None:
    Meter().opened(CaseKind.HELP)
    assert "mamori_cases_total help" not in figures(meter)
