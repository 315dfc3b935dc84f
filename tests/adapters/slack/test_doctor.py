"""The doctor says what is wrong with Slack's side, and what to do."""

from collections.abc import Callable

import pytest

from adapters.slack.doctor import examine
from tests.adapters.slack.office import DESK, SHINJUKU, Office
from tests.fake_slack import Fault, Kind

Harm = Callable[[Office], object]


async def wrong(office: Office) -> list[str]:
    found = await examine(office.site.api, office.service.work.company, office.clock.now())
    assert found
    return [finding.what for finding in found if not finding.right]


async def test_a_right_workspace_has_no_findings(office: Office) -> None:
    assert await wrong(office) == []
    assert not [call for call in office.slack.calls if call.writes]


HARMS: list[tuple[str, Harm]] = [
    ("bot token", lambda o: setattr(o.slack, "revoked", True)),
    ("this machine reach", lambda o: o.slack.faults.append(Fault(Kind.STATUS, "auth.test"))),
    ("scopes are missing", lambda o: o.slack.scopes.remove("users:read")),
    ("clocks", lambda o: o.clock.passes(minutes=6) or setattr(o.slack, "now", lambda: 1795482000)),
    (f"{DESK}: the desk's", lambda o: setattr(o.slack.space.channels[DESK], "private", False)),
    (f"{DESK}: the desk's", lambda o: setattr(o.slack.space.channels[DESK], "ext_shared", True)),
    (f"{SHINJUKU}: the channel", lambda o: setattr(
        o.slack.space.channels[SHINJUKU], "archived", True)),
    (f"{SHINJUKU}: invite", lambda o: o.slack.space.channels[SHINJUKU].members.clear()),
]  # fmt: skip


@pytest.mark.parametrize(("said", "harm"), HARMS)
async def test_each_thing_that_is_wrong_is_said(office: Office, said: str, harm: Harm) -> None:
    harm(office)
    found = await wrong(office)
    assert len(found) == 1 and said in found[0]


async def test_the_scopes_to_look_for_lost_answers_are_no_must(office: Office) -> None:
    office.slack.scopes -= {"groups:history"}
    assert await wrong(office) == []
