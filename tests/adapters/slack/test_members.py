"""Who is in a channel where the company has several workspaces, and what hangs on it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.members import _whole
from adapters.slack.places import same_ids
from bot.company import Person
from bot.desk_files import DeskFiles
from bot.evidence import Evidence, Limits
from bot.exclusions import Exclusion, Readers, readers_of
from bot.links import Errand, For
from bot.shown_copies import ShownCopies
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.phrases import Own, say
from flows.screens import Card
from tests.adapters.slack.installing import ORG, SHOP, TOKYO, both, two_places
from tests.adapters.slack.office import DESK, TEAM, Office, said
from tests.adapters.slack.walks import a_report, with_button, writes_to_the_desk
from tests.fake_slack import Workspace

KEN = Person(
    id="ken",
    name=Own(ja="健", en="Ken"),
    role=Role.MANAGER,
    sites=("callcentre",),
    slack_id=f"{TEAM}.U0OTHER",
    accounts=(f"slack:{TOKYO}.U0KEN",),
)


@pytest.fixture
async def office(tmp_path: Path, quick: None) -> AsyncIterator[Office]:
    async with two_places(tmp_path) as office:
        directory = office.service.work.directory
        directory.load((*directory.company.people, KEN), 1)
        yield office


async def tokyo_with_ken(office: Office) -> Workspace:
    """Both workspaces, where Ken was invited into the shop's channel."""
    _, tokyo = await both(office)
    (space,) = tokyo.spaces
    space.channels[SHOP].members.add("U0KEN")
    return space


async def test_who_is_kept_out_and_was_invited_is_seen_in_the_channel(office: Office) -> None:
    await tokyo_with_ken(office)
    work, messenger = office.service.work, office.site.messenger
    address = f"slack:{TOKYO}.{SHOP}"
    ken, other = Exclusion(people=frozenset({"ken"})), Exclusion(people=frozenset({"sato"}))
    assert await readers_of(work, messenger, ken, address) is Readers.UNFIT
    assert await readers_of(work, messenger, other, address) is Readers.FIT


async def test_a_channel_that_somebody_kept_out_was_invited_into_gets_no_card(
    office: Office,
) -> None:
    space = await tokyo_with_ken(office)
    await a_report(
        office, site_may_know=True, excluded_people=("ken",), visibility=Visibility.NAMED
    )
    await office.passes(minutes=3)
    assert list(space.channels[SHOP].messages.values()) == []
    assert office.messages(DESK)


@pytest.mark.parametrize(
    ("slack_id", "further"),
    [
        (f"{TEAM}.U0SATO", ()),
        (f"{TOKYO}.U0SATO", (f"slack:{TEAM}.U0SATO",)),
    ],
)
async def test_the_desk_opens_a_file_by_whichever_account_is_in_its_channel(
    office: Office, slack_id: str, further: tuple[str, ...]
) -> None:
    await both(office)
    work = office.service.work
    sato = work.directory.person("sato")
    assert sato is not None
    sato = sato.model_copy(update={"slack_id": slack_id, "accounts": further})
    work.directory.load((sato,), 2)
    evidence = Evidence(work, ShownCopies(), Limits(1, 1, 1, 1))
    files = DeskFiles(work, evidence, {"slack": office.site.messenger})
    errand = Errand(For.SEE, "a" * 32, 0, "sato", 0)
    assert await files._at_the_desk(errand) is sato
    office.slack.space.channels[DESK].members.remove("U0SATO")
    assert await files._at_the_desk(errand) is None


async def test_details_are_not_drawn_again_for_whoever_sent_the_case_under_another_id(
    office: Office,
) -> None:
    await both(office)
    directory = office.service.work.directory
    await a_report(office, reporter="hanako")
    await office.settles()
    desk = office.person("sato")
    card = with_button(office.messages(DESK), said("ja", "desk.details"))
    await desk.taps_in(card, said("ja", "desk.details"))
    assert "words" in desk.modal.read
    sato = directory.person("sato")
    assert sato is not None
    directory.load((sato.model_copy(update={"aliases": ("hanako",)}),), 2)
    await writes_to_the_desk(office, "WRITTEN LATER")
    await desk.picks("English")
    assert "WRITTEN LATER" not in desk.modal.read


async def test_somebody_of_the_same_id_in_another_workspace_is_not_in_the_channel(
    office: Office,
) -> None:
    await both(office)
    found = await office.site.messenger.members(f"{TOKYO}.{SHOP}")
    assert found == {"U0TANAKA", f"{TOKYO}.U0TANAKA", "U0MAMORI"}
    office.slack.space.channels[DESK].members.add("U0TANAKA")
    found = await office.site.messenger.members(f"{TEAM}.{DESK}")
    assert found is not None and f"{TOKYO}.U0TANAKA" not in found


async def test_a_message_alerts_whom_it_asks_by_their_id_in_its_workspace_and_nobody_else(
    office: Office,
) -> None:
    space = await tokyo_with_ken(office)
    card = Card(title=say("card.moved"), mentions=("ken", "sato", "tanaka", "nobody"))
    await office.site.messenger.post(f"{TOKYO}.{SHOP}", card, "a" * 32, None)
    (message,) = space.channels[SHOP].messages.values()
    # Sato has an account in the other workspace only; here that id is somebody else's.
    assert re.findall("<@(.*?)>", message.text) == ["U0KEN", "U0TANAKA"]
    assert "U0SATO" not in repr(message.blocks)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("T1", "T1", True),
        ("E1.T1", "T1", True),
        ("E1.T1", "E1.T2", True),
        ("E1.T1", "E2.T2", False),
        ("T1", "T2", False),
        ("", "T2", True),
    ],
)
def test_an_id_is_one_persons_in_a_workspace_and_across_an_organisation(
    one: str, other: str, same: bool
) -> None:
    assert same_ids(one, other) is same and same_ids(other, one) is same


def test_a_workspace_whose_organisation_was_left_out_is_of_the_only_one() -> None:
    assert _whole("T1", [f"{ORG}."]) == f"{ORG}.T1"
    assert _whole("T1", [f"{ORG}.", "T1"]) == "T1"
    assert _whole("T1", [f"{ORG}.", "E2."]) == "T1"
    assert _whole("", [f"{ORG}."]) == ""
