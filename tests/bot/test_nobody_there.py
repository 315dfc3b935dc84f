"""A site where nobody holds the roles that a ladder asks."""

from pathlib import Path

from bot.help_calls import call_help
from bot.own_case import OwnCases
from bot.rights import Reader
from bot.sealed_lists import SealedLists, Visitor
from bot.views import view_case
from bot.work_records import DutyState
from tests.support.world import COMPANY, World, a_world

WITHOUT_MANAGERS = ("tanaka", "yamamoto")


def a_company(folder: Path, *, gone: tuple[str, ...]) -> Path:
    """The test company without some of its people."""
    lines = COMPANY.read_text("utf-8").splitlines(keepends=True)
    path = folder / "company.yaml"
    path.write_text("".join(x for x in lines if not any(f"id: {who}," in x for who in gone)))
    return path


async def help_is_called(world: World) -> str:
    filed = await call_help(world.service.work, "shinjuku", b"secret", "en")
    await world.works_off()
    return filed.case_id


async def test_a_site_without_a_manager_asks_the_next_rung_at_once(tmp_path: Path) -> None:
    world = a_world(tmp_path, company=a_company(tmp_path, gone=WITHOUT_MANAGERS))
    work = world.service.work
    case_id = await help_is_called(world)
    async with work.storage.read() as tx:
        view = await view_case(work, tx, case_id, Reader.OWN_PAGE)
    assert view is not None
    (duty,) = view.duties
    # Only who was really asked stands on the caller's page, and was asked without waiting.
    assert [[role.value for role in rung.roles] for rung in duty.rungs] == [["area"]]
    assert duty.rungs[0].sent_at == world.clock.now()
    await work.storage.close()


async def test_where_nobody_can_be_asked_the_caller_is_told_at_once_with_the_number(
    tmp_path: Path,
) -> None:
    everybody = (*WITHOUT_MANAGERS, "takahashi", "watanabe")
    world = a_world(tmp_path, company=a_company(tmp_path, gone=everybody))
    work = world.service.work
    case_id = await help_is_called(world)
    async with work.storage.read() as tx:
        duties = {duty.kind: duty for duty in await tx.duties.of_case(case_id)}
    assert duties["second_person"].state is DutyState.EXHAUSTED
    lists = SealedLists(work.storage, world.clock, work.entropy)
    visitor = Visitor("web", "web", "somebody")
    own = await OwnCases(work, lists).open(visitor, await lists.seal_pass(visitor, case_id))
    assert own is not None
    shown = own.card.model_dump_json()
    assert "help.nobody" in shown
    assert '"110"' in shown
    # And the desk knows.
    assert [
        card for card in world.platform.channel("desk") if "desk.help" in card.model_dump_json()
    ]
    await work.storage.close()
