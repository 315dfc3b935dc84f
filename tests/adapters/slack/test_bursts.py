"""A bad day: a thousand reports in ten seconds through a channel that takes one a second."""

from datetime import timedelta

from bot.filing import Filed
from bot.worker import run_one_due
from tests.adapters.slack.office import DESK, Office
from tests.adapters.slack.walks import a_report

FIRST_SECONDS, POSTS = 2, 35
LISTED_SECONDS = 30


async def test_a_thousand_reports_in_ten_seconds_reach_the_desk_without_one_refusal(
    office: Office,
) -> None:
    start = office.clock.present
    filed: list[Filed] = []
    first_at = listed_at = None
    for second in range(LISTED_SECONDS + 1):
        office.clock.present = start + timedelta(seconds=second)
        if second % 20 == 0:
            await office.site.watch.check()
        for _ in range(10):
            if len(filed) < 1000:
                filed += [await a_report(office) for _ in range(10)]
            while await run_one_due(office.service.work, {"slack": office.site.messenger}):
                pass
        if first_at is None and office.messages(DESK):
            first_at = second
        if len(filed) == 1000 and not _unlisted(office, filed):
            listed_at = second
            break
    assert first_at is not None and first_at <= FIRST_SECONDS
    assert listed_at is not None, len(_unlisted(office, filed))
    posts = [call for call in office.slack.calls if call.method == "chat.postMessage"]
    assert not [call for call in office.slack.calls if call.error]
    assert len([call for call in posts if call.given["channel"] == DESK]) <= POSTS


def _unlisted(office: Office, filed: list[Filed]) -> list[str]:
    """The reports that no message of the desk's channel names."""
    read = "\n".join(message.read for message in office.messages(DESK))
    return [case.public_id for case in filed if case.public_id not in read]
