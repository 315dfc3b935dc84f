"""Plays a plan: people and faults for some days, then a rest in which all must come right."""

import asyncio
import tempfile
from pathlib import Path

from bot.audits import audit
from bot.desk import open_details
from tests.simulation.desks import Desk
from tests.simulation.employees import Employee
from tests.simulation.identity import read_identity
from tests.simulation.managers import Managers
from tests.simulation.plan import DAY, Fault, Plan, Start
from tests.simulation.world import World
from tests.support.memory import quick_folder


def play(plan: Plan) -> World:
    """The world after everything in the plan has happened."""
    with tempfile.TemporaryDirectory(prefix="mamori-world-", dir=quick_folder()) as folder:
        world = World(plan, Path(folder))
        world.loop.run(_everything(world))
        world.identity = read_identity(world.database)
        return world


async def _everything(world: World) -> None:
    plan = world.plan
    managers, desk = Managers(world), Desk(world)
    world.managers = managers
    world.noticed = [managers.notice, desk.notice]
    world.start()
    for fault in plan.faults:
        world.act(_happens(world, fault))
    world.act(_begins(world, plan.starts))
    await asyncio.sleep(plan.days * DAY)
    await _calm(world)
    await asyncio.sleep(plan.rest * DAY)
    await _opens_everything(world)
    world.audit = await world.ask(lambda doors: audit(doors.work))
    world.stop()
    await asyncio.sleep(1)  # what was dropped comes to its end


async def _opens_everything(world: World) -> None:
    """All is quiet: the desk reads every report once more."""
    for begun in world.ledger.acknowledged():
        case_id = begun.case_id or ""
        opened = await world.ask(lambda doors: open_details(doors.work, case_id))  # noqa: B023
        if opened is not None:
            world.opened[case_id] = opened


async def _begins(world: World, starts: tuple[Start, ...]) -> None:
    for start in starts:
        await asyncio.sleep(max(0.0, start.at - world.loop.time()))
        world.act(Employee(world, start).live())


async def _calm(world: World) -> None:
    """No more faults; a service that is down comes up."""
    world.calm()
    await world.up.wait()


async def _happens(world: World, fault: Fault) -> None:
    await asyncio.sleep(fault.at)
    if world.weather.calm:
        return
    if fault.kind == "crash":
        world.crash_in = int(fault.detail)
    elif fault.kind == "jump":
        world.jump(int(fault.detail))
    elif fault.kind == "slow_disk":
        world.weather.slow_disk(float(fault.detail))
        await asyncio.sleep(fault.lasts)
        world.weather.slow_disk(0.0)
    else:
        channels = [site.channel.partition(":")[2] for site in world.company.sites]
        channel = channels[int(fault.detail) % len(channels)] if fault.kind == "gone" else ""
        world.weather.begin(fault, channel)
        await asyncio.sleep(fault.lasts)
        if not world.weather.calm:
            world.weather.end(fault, channel)
