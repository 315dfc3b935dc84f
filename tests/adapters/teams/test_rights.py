"""Who may press what: from who is in the channel then, and nothing when Teams is silent."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Own
from tests.adapters.teams.play import PEOPLE, Play, playing, said
from tests.adapters.teams.walks import first, reports
from tests.bot.conftest import People
from tests.fake_teams.card_rules import read_text, walk
from tests.fake_teams.client import NotThere, button
from tests.fake_teams.faults import Fault
from tests.fake_teams.tenant import Message

WORDS = "He shouted NAMAE at me"
SATO = Own(ja="佐藤", en="Sato")


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Play]:
    async with playing(tmp_path) as made:
        await reports(made.person("employee"), "ja", WORDS)
        await made.works_off()
        yield made


def card(play: Play) -> Message:
    (only,) = play.shown("desk")
    return only


def a_guest(play: Play) -> None:
    play.connector.tenant.users[PEOPLE["sato"]].role = "guest"


def an_outsider(play: Play) -> None:
    play.connector.tenant.users[PEOPLE["sato"]].tenant = "another"


def no_role(play: Play) -> None:
    play.connector.tenant.users[PEOPLE["sato"]].role = ""


def gone(play: Play) -> None:
    play.connector.tenant.team_members.discard(PEOPLE["sato"])


def not_in_the_private_channel(play: Play) -> None:
    channel = play.connector.tenant.channels[play.channel("desk")]
    channel.own_members = {PEOPLE["suzuki"]}


NO_RIGHT: dict[str, Callable[[Play], None]] = {
    "a guest": a_guest,
    "somebody of another tenant": an_outsider,
    "somebody of no role": no_role,
    "somebody who left the team": gone,
    "somebody who is not in the private channel": not_in_the_private_channel,
}


@pytest.mark.parametrize("change", NO_RIGHT.values(), ids=NO_RIGHT)
async def test_without_right_a_press_changes_nothing_and_shows_nothing(
    play: Play, change: Callable[[Play], None]
) -> None:
    change(play)
    sato = play.person("sato")
    before = read_text(card(play).card)
    assert await sato.presses(card(play), said("ja", "desk.take")) == said("ja", "press.not_yours")
    details = await sato.opens(card(play), said("ja", "desk.details"))
    assert said("ja", "press.not_yours") in details.text and "NAMAE" not in details.text
    await play.works_off()
    assert read_text(card(play).card) == before


@pytest.mark.parametrize("change", NO_RIGHT.values(), ids=NO_RIGHT)
async def test_details_that_are_open_close_with_the_right_to_see_them(
    play: Play, change: Callable[[Play], None]
) -> None:
    sato = play.person("sato")
    details = await sato.opens(card(play), said("ja", "desk.details"))
    assert "NAMAE" in details.text
    change(play)
    await details.presses("English")
    assert "NAMAE" not in details.text


async def test_details_are_not_drawn_again_for_whoever_sent_the_case_under_another_id(
    play: Play,
) -> None:
    directory = play.world.service.work.directory
    await reports(play.person("takahashi"), "ja", WORDS, Visibility.NAMED, "Takahashi")
    await play.works_off()
    *_, desk = play.shown("desk")
    details = await play.person("sato").opens(desk, said("ja", "desk.details"))
    assert "NAMAE" in details.text
    sato = directory.person("sato")
    assert sato is not None
    directory.load((sato.model_copy(update={"aliases": ("takahashi",)}),), 2)
    await details.presses("English")
    assert "NAMAE" not in details.text


async def test_a_card_is_not_drawn_again_for_whoever_is_kept_out_since_a_new_roster(
    play: Play,
) -> None:
    directory = play.world.service.work.directory
    desk = play.connector.tenant.channels[play.channel("desk")]
    desk.own_members = {PEOPLE["sato"]}
    people = People(play.world)
    case = await people.report(excluded_people=("kobayashi",), site_may_know=False)
    await play.works_off()
    *_, shown = play.shown("desk")
    assert case.public_id in read_text(shown.card)
    moved = [
        each.model_copy(update={"role": Role.DESK, "sites": ()}) if each.id == "kobayashi" else each
        for each in directory.company.people
    ]
    directory.load(moved, 2)
    desk.own_members.add(PEOPLE["kobayashi"])
    read = await play.person("kobayashi").presses(shown, said("ja", "desk.take"))
    assert read == said("ja", "press.unknown"), "one line, and nothing of the case"


async def test_a_member_of_a_private_channel_may(play: Play) -> None:
    channel = play.connector.tenant.channels[play.channel("desk")]
    channel.own_members = {PEOPLE["sato"]}
    shown = await play.person("sato").presses(card(play), said("ja", "desk.take"))
    assert said("ja", "press.recorded") in shown


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "ServiceError"),
        Fault(429, "TooManyRequests", "5"),
        Fault(403, "Forbidden"),
        Fault(),
    ],
    ids=str,
)
async def test_when_teams_does_not_say_nothing_happens_and_that_is_said(
    play: Play, fault: Fault
) -> None:
    sato = play.person("sato")
    # A read whose connection broke is tried once more by itself, so it has to break twice.
    faults = [fault] if fault.status else [fault] * 2
    play.connector.faults.add(*faults)
    assert await sato.presses(card(play), said("ja", "desk.take")) == said(
        "ja", "teams.not_checked"
    )
    play.connector.faults.add(*faults)
    details = await sato.opens(card(play), said("ja", "desk.details"))
    assert said("ja", "teams.not_checked") in details.text and "NAMAE" not in details.text
    assert said("ja", "press.recorded") in await sato.presses(card(play), said("ja", "desk.take"))


async def test_a_manager_in_the_desk_s_channel_is_not_the_desk(play: Play) -> None:
    shown = await play.person("tanaka").presses(card(play), said("ja", "desk.take"))
    assert shown == said("ja", "press.not_yours")


async def test_an_employee_in_a_site_s_channel_is_no_manager(play: Play) -> None:
    play.connector.tenant.team_members.add(PEOPLE["employee"])
    coming = said("ja", "answer.coming", minutes=2)
    site_card = next(m for m in play.shown("shinjuku") if coming in read_text(m.card))
    shown = await play.person("employee").presses(site_card, coming)
    assert shown == said("ja", "press.not_yours")


async def test_a_button_is_good_only_in_the_channel_it_stands_in(play: Play) -> None:
    sato, desk = play.person("sato"), card(play)
    moved = Message(desk.id, f"{play.channel('shinjuku')};messageid=1", desk.activity)
    assert await sato.presses(moved, said("ja", "desk.take")) == said("ja", "press.unknown")


async def test_an_old_client_s_press_counts_and_everybody_sees_the_new_card(play: Play) -> None:
    desk = card(play)
    await play.person("sato").presses_in_an_old_client(desk, said("ja", "desk.take"))
    await play.works_off()
    with pytest.raises(NotThere):
        await play.person("suzuki").presses(desk, said("ja", "desk.take"))


async def test_a_colleague_s_late_press_shows_the_present_state(play: Play) -> None:
    desk = card(play)
    before = Message(desk.id, desk.conversation, desk.activity)
    await play.person("sato").presses(desk, said("ja", "desk.take"))
    shown = await play.person("suzuki").presses(before, said("ja", "desk.take"))
    assert said("ja", "press.taken", name=SATO) in shown


async def test_a_case_s_page_opens_for_nobody_else(play: Play) -> None:
    dialog = await first(play.person("employee"), "ja", "first.help")
    await dialog.presses("新宿店")
    other = play.person("english")
    stolen = {**dialog.last, **other.activity("invoke", other.chat)}
    stolen |= {"name": "task/submit", "value": {"data": {"do": "case", "p": _pass(dialog.card)}}}
    answered = await play.teams.deliver(stolen)
    shown = read_text(answered.body["task"]["value"]["card"]["content"])
    assert said("en", "receipt.again") in shown


def _pass(shown: object) -> str:
    return next(p["data"]["p"] for p in walk(shown) if "p" in (p.get("data") or {}))


async def test_every_opening_of_details_is_written_down(play: Play) -> None:
    await play.person("sato").opens(card(play), said("ja", "desk.details"))
    code = button(card(play).card, said("ja", "desk.details"))["data"]["c"]
    async with play.world.service.work.storage.read() as tx:
        entries = await tx.history.of_case(code.split(".")[1])
    assert [e.detail["person"] for e in entries if e.fact == "opened"] == ["sato"]
