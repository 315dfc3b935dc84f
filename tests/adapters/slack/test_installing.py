"""Several workspaces and an organisation: installed by OAuth, renewed, and taken out again."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.slack.homes import App, InstalledHomes
from bot.company_records import Install
from tests.adapters.slack.installing import (
    ORG,
    SHOP,
    STRANGER,
    TOKYO,
    a_workspace,
    both,
    come_back,
    installs,
    kept,
    start,
    two_places,
)
from tests.adapters.slack.office import DESK, TEAM, Office, said
from tests.adapters.slack.walks import (
    a_report,
    answers_the_checklist,
    chooses_the_site,
    files_without_a_name,
    with_button,
)
from tests.fake_slack import (
    CLIENT_ID,
    CLIENT_SECRET,
    Fault,
    Grant,
    Kind,
    Person,
)


@pytest.fixture
async def office(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with two_places(tmp_path) as office:
        yield office


async def test_a_report_from_one_workspace_reaches_the_desk_in_another(office: Office) -> None:
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    ken = Person(office.slack, "U0KEN", space)
    await ken.commands("/mamori")
    await answers_the_checklist(ken, "ja")
    await files_without_a_name(ken, "ja", "words")
    await office.settles()
    card = with_button(office.messages(DESK), said("ja", "desk.take"))
    await office.person("sato").taps_in(card, said("ja", "desk.details"))
    assert "words" in office.person("sato").modal.read
    await ken.taps(said("ja", "slack.help"))
    await chooses_the_site(ken, "ja")
    await office.settles()
    call = with_button(list(space.channels[SHOP].messages.values()), said("ja", "answer.take_over"))
    assert call.text.startswith("<@U0TANAKA> ")
    tanaka = Person(office.slack, "U0TANAKA", space)
    await tanaka.taps_in(call, said("ja", "answer.take_over"))
    assert tanaka.told_only_me() == [said("ja", "press.recorded")]
    asked = with_button(tanaka.chat, said("ja", "answer.coming", minutes=2))
    await tanaka.taps_in(asked, said("ja", "answer.coming", minutes=2))
    assert tanaka.told_only_me()[1:] == [said("ja", "press.recorded")]
    assert len(office.calls("auth.test")) <= 4  # two at installing, one a workspace later


async def test_somebody_of_the_same_id_in_another_workspace_is_somebody_else(
    office: Office,
) -> None:
    await both(office)
    people = office.site.people
    assert (await people.person(TEAM, "U0SATO")).id == "sato"
    assert await people.person(TOKYO, "U0SATO") is None
    assert await people.person(f"{ORG}.{TEAM}", "U0SATO") is not None
    assert await people.person(TOKYO, "sato") is None


async def test_a_strangers_workspace_installs_nothing_and_is_answered_with_nothing(
    office: Office,
) -> None:
    await both(office)
    space = a_workspace(office, STRANGER)
    status, text = await installs(office, Grant([space]))
    assert status == 403 and STRANGER in text
    assert {each.id for each in await kept(office)} == {f"slack:{TEAM}", f"slack:{TOKYO}"}
    eve, before = Person(office.slack, "U0KEN", space), len(office.slack.calls)
    for reply in (await eve.commands("/mamori"), await eve.writes("hello")):
        assert (reply.status, reply.text) == (200, "")
    assert len(office.slack.calls) == before


async def test_only_the_browser_that_began_comes_back_once_and_soon(office: Office) -> None:
    async with ClientSession() as session:
        state, cookie = await start(office, session)
        code = office.slack.oauth.consents(Grant([office.slack.space]))
        forged = state[:-1] + ("0" if state[-1] != "0" else "1")
        name = cookie.partition("=")[0]
        for given, held in [
            ({"code": code}, cookie),
            ({"code": code, "state": state}, ""),
            ({"code": code, "state": state}, f"{name}=other"),
            ({"code": code, "state": forged}, f"{name}={forged}"),
            ({"state": state, "error": "access_denied"}, cookie),
            ({"state": state, "error": "<script>"}, cookie),
            ({"code": code, "state": "x"}, f"{name}=x"),
        ]:
            status, text = await come_back(office, session, given, held)
            assert 400 <= status < 500 and "<" not in text
        old, old_cookie = await start(office, session)
        office.clock.passes(minutes=11)
        status, _ = await come_back(office, session, {"code": code, "state": old}, old_cookie)
        assert status == 401 and await kept(office) == []
        state, cookie = await start(office, session)
        given = {"code": code, "state": state}
        assert (await come_back(office, session, given, cookie))[0] == 200
        again = {"code": office.slack.oauth.consents(Grant([office.slack.space])), "state": state}
        assert (await come_back(office, session, again, cookie))[0] == 401


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.HTML, Kind.DROPPED_BEFORE, Kind.ERROR])
async def test_where_slack_does_not_answer_nothing_is_installed_and_that_is_said(
    office: Office, kind: Kind
) -> None:
    office.slack.faults.append(Fault(kind, "oauth.v2.access"))
    status, text = await installs(office, Grant([office.slack.space]))
    assert 400 <= status < 504 and status != 500 and "not installed" in text
    assert await kept(office) == []


async def test_a_token_is_renewed_for_a_message_that_is_owed(office: Office) -> None:
    await both(office)
    office.clock.passes(hours=10, minutes=1)
    await a_report(office)
    await office.settles()
    await office.site.api.homes.settle()
    assert office.slack.oauth.exchanges == 1 and office.messages(DESK)
    office.clock.passes(hours=13)
    await a_report(office)
    await office.settles()
    assert office.slack.oauth.exchanges == 2
    assert not [call for call in office.slack.calls if call.error]


async def test_two_processes_renew_a_token_once_and_both_go_on(office: Office) -> None:
    await both(office)
    work, slack = office.service.work, office.slack
    app = App(CLIENT_ID, CLIENT_SECRET, slack.api_url)
    other = InstalledHomes(work.storage, work.clock, app, lambda: office.site.api.session)
    homes = office.site.api.homes
    before = await other.token(TEAM)
    office.clock.passes(hours=11)
    assert await homes.token(TEAM) == before == await other.token(TEAM)
    await homes.settle()
    await other.settle()
    assert slack.oauth.exchanges == 1
    assert before != await homes.token(TEAM) == await other.token(TEAM)


async def test_a_token_that_another_process_renewed_is_found_when_slack_refuses_the_old_one(
    office: Office,
) -> None:
    desk, _ = await both(office)
    api = office.site.api
    assert await api.homes.token(TEAM)
    fresh = office.slack.oauth.access(
        _basic(office), {"grant_type": "refresh_token", "refresh_token": desk.refresh}
    )
    sealed = Install(f"slack:{TEAM}", b'{"bot_token": "%b"}' % fresh["access_token"].encode(), None)
    async with office.service.work.storage.write() as tx:
        await tx.installs.put(sealed)
    desk.tokens = {fresh["access_token"]: desk.tokens[fresh["access_token"]]}
    answer = await api.call(TEAM, "users.info", user="U0SATO")
    assert type(answer).__name__ == "Done"


def _basic(office: Office) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.ERROR, "oauth.v2.access", error="invalid_refresh_token"),
        Fault(Kind.STATUS, "oauth.v2.access"),
        Fault(Kind.DROPPED_BEFORE, "oauth.v2.access"),
        Fault(Kind.HTML, "oauth.v2.access"),
    ],
    ids=lambda fault: fault.kind.value,
)
async def test_a_token_that_cannot_be_renewed_is_used_to_its_end_and_tried_again(
    office: Office, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await both(office)
    homes = office.site.api.homes
    before = await homes.token(TEAM)
    office.clock.passes(hours=11)
    office.slack.faults.append(fault)
    assert await homes.token(TEAM) == before
    await homes.settle()
    assert await homes.token(TEAM) == before and office.slack.oauth.exchanges == 0
    await homes.settle()
    office.clock.passes(seconds=31)
    await homes.token(TEAM)
    await homes.settle()
    assert await homes.token(TEAM) != before
    assert "xox" not in caplog.text and CLIENT_SECRET not in caplog.text


UNINSTALLED = [
    {"type": "app_uninstalled"},
    {"type": "tokens_revoked", "tokens": {"bot": ["U0MAMORI"]}},
]


@pytest.mark.parametrize("event", UNINSTALLED, ids=lambda event: event["type"])
async def test_a_workspace_that_takes_the_app_out_is_forgotten_and_may_come_back(
    office: Office, event: dict[str, object]
) -> None:
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    ken = Person(office.slack, "U0KEN", space)
    await ken.commands("/mamori")
    office.slack.oauth.revokes(tokyo)
    assert (await ken.event(event)).status == 200
    assert [each.id for each in await kept(office)] == [f"slack:{TEAM}"]
    ken.closes()
    assert (await ken.commands("/mamori")).status == 200 and not ken.has_modal
    await a_report(office)
    await office.settles()
    assert office.messages(DESK)
    assert (await installs(office, Grant([space])))[0] == 200
    await ken.commands("/mamori")
    assert ken.has_modal


async def test_a_persons_own_token_taken_back_changes_nothing(office: Office) -> None:
    _, tokyo = await both(office)
    ken = Person(office.slack, "U0KEN", tokyo.spaces[0])
    await ken.event({"type": "tokens_revoked", "tokens": {"oauth": ["U0KEN"]}})
    assert len(await kept(office)) == 2


async def test_one_installation_serves_an_organisations_workspaces(office: Office) -> None:
    spaces = [office.slack.space, a_workspace(office, TOKYO)]
    for space in spaces:
        space.enterprise, space.wide = ORG, True
    assert (await installs(office, Grant(spaces, enterprise=ORG, wide=True)))[0] == 200
    assert [each.id for each in await kept(office)] == [f"slack:{ORG}."]
    await a_report(office)
    await office.settles()
    card = with_button(office.messages(DESK), said("ja", "desk.take"))
    await office.person("sato").taps_in(card, said("ja", "desk.take"))
    assert office.person("sato").told_only_me() == [said("ja", "press.recorded")]
    ken = Person(office.slack, "U0KEN", spaces[1])
    await ken.commands("/mamori")
    assert ken.has_modal
    wanderer = Person(office.slack, "U0MORI")
    await wanderer.taps_in(card, said("ja", "desk.details"))
    assert not wanderer.has_modal  # in the channel, and on nobody's list
    await ken.event({"type": "app_uninstalled"})
    assert await kept(office) == []


async def test_no_token_stands_in_the_database_in_the_clear(office: Office) -> None:
    await both(office, rotates=False)
    written = b"".join(path.read_bytes() for path in office.folder.glob("mamori.db*"))
    assert b"xoxb" not in written and len(await kept(office)) == 2
