"""Whoever presses whatever, in whatever state a case is: what the table says, and nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.phrases import Own
from flows.presses import DESK_VERBS, Verb
from tests.adapters.teams.play import PEOPLE, Play, said
from tests.adapters.teams.states import (
    SECOND,
    STATES,
    Office,
    answered,
    climbed,
    closed,
    fresh,
    full,
    nothing,
)
from tests.fake_teams.faults import Fault


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async for made in fresh(tmp_path):
        yield made


SATO, SUZUKI = Own(ja="佐藤", en="Sato"), Own(ja="鈴木", en="Suzuki")
EVERY_STATE = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
Reach = Callable[[Office], Awaitable[None]]


@contextmanager
def as_it_is(_play: Play, _name: str) -> Iterator[None]:
    yield


@contextmanager
def as_guest(play: Play, name: str) -> Iterator[None]:
    user = play.person(name).user
    user.role = "guest"
    yield
    user.role = "user"


@contextmanager
def of_another_tenant(play: Play, name: str) -> Iterator[None]:
    user = play.person(name).user
    ours, user.tenant = user.tenant, "another"
    yield
    user.tenant = ours


@contextmanager
def gone(play: Play, name: str) -> Iterator[None]:
    members = play.connector.tenant.team_members
    members.discard(PEOPLE[name])
    yield
    members.add(PEOPLE[name])


@contextmanager
def unchecked(play: Play, _name: str) -> Iterator[None]:
    """Teams does not say who is there."""
    play.connector.faults.add(Fault(503, "ServiceUnavailable"))
    yield


OUTSIDE = (as_guest, of_another_tenant, gone, unchecked)
KEPT_OUT = {
    True: [
        *[("sato", change) for change in OUTSIDE],
        *[(n, as_it_is) for n in ("tanaka", "takahashi", "watanabe", "employee")],
    ],
    False: [
        *[("tanaka", change) for change in OUTSIDE],
        *[(n, as_it_is) for n in ("kobayashi", "ito", "sato", "employee")],
    ],
}
"""Who may press nothing on the desk's cards (True), and nothing on a site's."""


@EVERY_STATE
async def test_whoever_has_no_right_changes_nothing_and_reads_nothing_in_any_state(
    office: Office, state: Reach
) -> None:
    await state(office)
    office.play.connector.tenant.team_members.add(PEOPLE["employee"])
    before, sent = await office.kept(), len(office.play.connector.tenant.messages)
    refused = {said("ja", "press.not_yours"), said("ja", "teams.not_checked")}
    for action in office.one_of_each():
        for name, change in KEPT_OUT[action.at_desk]:
            with change(office.play, name):
                shown = await office.presses(name, action)
            assert refused & set(shown.split("\n")), (name, change, action.press, shown)
            assert "KANARIA" not in shown
    assert await office.kept() == before
    await office.play.works_off()
    assert len(office.play.connector.tenant.messages) == sent


@dataclass(frozen=True)
class Step:
    """Somebody with the right to it presses, and reads this."""

    who: str
    verb: Verb
    reads: str
    changes: bool
    taken_by: Own = SATO


TABLE = {
    nothing: (
        Step("sato", Verb.TAKE, "press.recorded", True),
        Step("suzuki", Verb.TAKE, "press.taken", False),
        Step("sato", Verb.DETAILS, "details.opened_is_logged", True),
        Step("yamamoto", Verb.CANNOT, "press.recorded", True),
        Step("tanaka", Verb.COMING, "press.recorded", True),
        Step("tanaka", Verb.COMING, "press.already", False),
        Step("takahashi", Verb.TAKE_OVER, "press.recorded", True),
        Step("watanabe", Verb.COMING, "press.recorded", True),
        Step("yamamoto", Verb.COMING, "press.full", False),
    ),
    answered: (
        Step("mori", Verb.TAKE, "press.taken", False, SUZUKI),
        Step("mori", Verb.DETAILS, "details.opened_is_logged", True),
        Step("tanaka", Verb.COMING, "press.already", False),
        Step("tanaka", Verb.TAKE_OVER, "press.recorded", True),
        Step("tanaka", Verb.CANNOT, "press.recorded", True),
        Step("watanabe", Verb.COMING, "press.recorded", True),
    ),
    full: (
        Step("watanabe", Verb.COMING, "press.recorded", True),
        Step("yamamoto", Verb.COMING, "press.full", False),
        Step("tanaka", Verb.COMING, "press.already", False),
        Step("takahashi", Verb.TAKE_OVER, "press.already", False),
        Step("tanaka", Verb.CANNOT, "press.recorded", True),
        Step("yamamoto", Verb.COMING, "press.recorded", True),
    ),
    climbed: (
        Step("sato", Verb.TAKE, "press.recorded", True),
        Step("tanaka", Verb.COMING, "press.recorded", True),
        Step("yamamoto", Verb.COMING, "press.recorded", True),
        Step("watanabe", Verb.COMING, "press.recorded", True),
        Step("takahashi", Verb.COMING, "press.full", False),
    ),
    closed: (
        Step("sato", Verb.TAKE, "press.late", False),
        Step("sato", Verb.DETAILS, "details.opened_is_logged", True),
        Step("sato", Verb.CLOSE, "press.already", False),
        Step("tanaka", Verb.COMING, "press.late", False),
        Step("watanabe", Verb.TAKE_OVER, "press.late", False),
        Step("tanaka", Verb.CANNOT, "press.late", False),
    ),
}


@EVERY_STATE
async def test_whoever_has_the_right_reads_what_became_of_the_press(
    office: Office, state: Reach
) -> None:
    await state(office)
    for step in TABLE[state]:
        where = "desk" if step.verb in DESK_VERBS else "shinjuku"
        action = office.action(step.verb, where, "" if where == "desk" else SECOND)
        before = await office.kept()
        shown = await office.presses(step.who, action)
        assert said("ja", step.reads, name=step.taken_by) in shown, (step, shown)
        assert (await office.kept() != before) is step.changes, step


async def test_everything_is_a_cell_of_the_table(office: Office) -> None:
    verbs = {action.press.verb for action in office.actions}
    assert verbs >= {Verb.TAKE, Verb.DETAILS, Verb.COMING, Verb.TAKE_OVER, Verb.CANNOT, Verb.CARED}
    assert verbs >= {Verb.REPLY, Verb.CLOSE, Verb.MEASURE, Verb.RESPOND, Verb.DUTY_DONE}
    assert set(TABLE) == set(STATES)
