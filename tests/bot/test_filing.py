"""Filing is the only step that writes, once, and tells nobody more than the reporter chose."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.audits import audit
from bot.case_records import CaseState, Part
from bot.help_calls import call_help
from bot.work_records import DutyState
from flows.assessment import Safety
from flows.ladders import Role
from flows.outcomes import Visibility
from flows.presses import Verb
from tests.support.world import World

CANARY = "カナリア-canary-7f3a"
Rows = Callable[[], dict[str, int]]


def text_of(cards: object) -> str:
    return repr(cards)


async def test_the_same_draft_sent_twice_is_one_case(people, rows: Rows) -> None:
    first = await people.report(secret=b"x" * 16)
    again = await people.report(secret=b"x" * 16, words="sent again")
    assert first == again
    assert rows()["case_file"] == 1


async def test_the_same_draft_sent_ten_times_at_once_is_one_case(people, rows: Rows) -> None:
    sends = [people.report(secret=b"x" * 16, send_now=False) for _ in range(10)]
    assert len(set(await asyncio.gather(*sends))) == 1
    assert rows()["case_file"] == 1
    assert rows()["history"] == 1


async def test_a_draft_sent_again_after_it_left_changes_nothing(people, world, rows) -> None:
    first = await people.report(secret=b"x" * 16)
    await world.works_off()
    before, shown = rows(), dict(world.platform.messages)
    assert await people.report(secret=b"x" * 16) == first
    await world.works_off()
    assert rows() == before and world.platform.messages == shown


async def test_a_receipt_leads_back_to_an_unnamed_report_alone(people) -> None:
    unnamed = await people.report(visibility=Visibility.UNNAMED)
    assert unnamed.receipt is not None and len(unnamed.receipt) == 25
    assert unnamed.receipt.isdecimal()
    other = await people.report(visibility=Visibility.UNNAMED)
    assert other.receipt != unnamed.receipt


async def test_words_names_and_receipts_stand_nowhere_on_the_disk(
    people, world: World, on_disk: Callable[[], bytes]
) -> None:
    filed = await people.report(
        visibility=Visibility.DESK_ONLY, words=CANARY, name="山田canary花子"
    )
    await people.say(filed, Verb.WRITE, words=f"more {CANARY}")
    await world.works_off()
    kept = on_disk()
    assert len(kept) > 10_000 and filed.public_id.encode() in kept
    for secret in (CANARY, "canary", "カナリア", "山田", filed.receipt):
        assert secret.encode() not in kept
        assert secret.encode("utf-16-le") not in kept


@pytest.mark.parametrize("visibility", Visibility)
async def test_no_card_of_the_desk_says_who_or_what(
    people, world, platform, visibility: Visibility
) -> None:
    await people.report(
        visibility=visibility, words=CANARY, name="山田canary花子", site_may_know=True
    )
    await world.passes(minutes=91)
    assert platform.channel("desk")
    shown = text_of(platform.channel("desk"))
    assert "canary" not in shown and "花子" not in shown


async def test_the_managers_read_a_name_only_where_the_reporter_sent_it_so(
    people, world, platform
) -> None:
    for visibility in (Visibility.DESK_ONLY, Visibility.UNNAMED):
        await people.report(visibility=visibility, name="花子", words=CANARY)
        await world.passes(minutes=91)
    assert platform.channel("shinjuku")
    assert "花子" not in text_of(platform.channel("shinjuku"))
    await people.report(visibility=Visibility.NAMED, name="花子", words=CANARY)
    await world.works_off()
    assert "花子" in text_of(platform.cards("shinjuku")[-1])
    assert "canary" not in text_of(platform.channel("shinjuku"))


async def test_a_name_typed_for_an_unnamed_report_is_not_even_sealed(people, world) -> None:
    filed = await people.report(visibility=Visibility.UNNAMED, name="花子")
    async with world.service.work.storage.read() as tx:
        body = await tx.cases.body(filed.case_id, opening=Part)
    assert body is not None and "花子" not in (body.content + body.identity + body.health).decode()


@pytest.mark.parametrize("seed", range(6))
async def test_an_unnamed_report_waits_ten_to_ninety_minutes(people, world, seed: int) -> None:
    for _ in range(seed):
        world.service.work.entropy.between(1, 2)
    start = world.clock.present
    filed = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    await world.works_off()
    assert not world.platform.messages and not await people.duties(filed)
    while not world.platform.messages:
        assert world.clock.present - start <= timedelta(minutes=90)
        await world.passes(minutes=1)
    assert world.clock.present - start >= timedelta(minutes=10)
    duties = await people.duties(filed)
    assert {duty.started_at for duty in duties.values()} == {world.clock.present}


async def test_waiting_times_differ(people, world) -> None:
    due = set()
    for _ in range(12):
        filed = await people.report(visibility=Visibility.UNNAMED, send_now=False)
        async with world.service.work.storage.read() as tx:
            due.add(await tx.jobs.due_at(f"release:{filed.case_id}"))
    assert len(due) > 4


async def test_an_unnamed_report_waits_saved_and_is_then_open(people, world) -> None:
    filed = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    async with world.service.work.storage.read() as tx:
        waiting = await tx.cases.get(filed.case_id)
    await world.passes(minutes=90)
    async with world.service.work.storage.read() as tx:
        left = await tx.cases.get(filed.case_id)
    assert waiting is not None and waiting.state is CaseState.KEPT
    assert left is not None and left.state is CaseState.OPEN
    assert (await people.facts(filed))[:3] == ["filed", "released", "delivered"]


async def test_send_now_leaves_at_once(people, world, platform) -> None:
    await people.report(visibility=Visibility.UNNAMED, send_now=True, site_may_know=False)
    await world.works_off()
    assert len(platform.cards("desk")) == 1


async def test_the_history_of_an_unnamed_report_tells_only_the_day(people, world) -> None:
    unnamed = await people.report(visibility=Visibility.UNNAMED, send_now=False)
    named = await people.report(visibility=Visibility.NAMED)
    noon = world.clock.present.astimezone(ZoneInfo("Asia/Tokyo")).replace(hour=12)
    assert [entry.at for entry in await people.history(unnamed)] == [noon]
    assert (await people.history(named))[0].at == world.clock.present


@pytest.mark.parametrize("words", ["もう死にたいです", "I want to DIE", "ｋｉｌｌ　ｍｙｓｅｌｆ"])
async def test_a_hint_of_self_harm_leaves_at_once_as_urgent(
    people, world, platform, words: str
) -> None:
    filed = await people.report(
        visibility=Visibility.UNNAMED, send_now=False, site_may_know=False, words=words
    )
    await world.works_off()
    async with world.service.work.storage.read() as tx:
        case = await tx.cases.get(filed.case_id)
    assert case is not None and case.urgency == "U1"
    assert len(platform.cards("desk")) == 1
    assert (await people.duty(filed, "take")).due_at == world.clock.present + timedelta(minutes=15)


async def test_a_report_that_is_more_urgent_already_stays_so(people, world) -> None:
    filed = await people.report(safety=Safety.DANGER, words="死にたい")
    async with world.service.work.storage.read() as tx:
        case = await tx.cases.get(filed.case_id)
    assert case is not None and case.urgency == "U0"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ])
async def test_a_channel_with_somebody_kept_out_gets_nothing_at_all(
    people, world, platform, role: Role
) -> None:
    filed = await people.report(excluded=(role,), safety=Safety.ONGOING)
    await world.passes(hours=3)
    assert platform.channel("shinjuku") == []
    duties = await people.duties(filed)
    assert {duty.owner for duty in duties.values()} == {"desk"}
    assert duties["care"].owner == "desk"


async def test_nobody_kept_out_is_ever_mentioned(people, world, platform) -> None:
    await people.report(excluded=(Role.HQ,))
    await world.passes(days=3)
    mentioned = {person for card in platform.channel("desk") for person in card.mentions}
    assert "mori" in mentioned and "watanabe" not in mentioned


async def test_without_consent_the_site_gets_nothing(people, world, platform) -> None:
    filed = await people.report(site_may_know=False, safety=Safety.ONGOING)
    await world.passes(hours=3)
    assert platform.channel("shinjuku") == []
    assert (await people.duty(filed, "care")).owner == "desk"


async def test_other_sites_hear_nothing(people, world, platform) -> None:
    await people.report(site_id="shinjuku", safety=Safety.ONGOING)
    await world.passes(hours=1)
    assert platform.channel("shinjuku")
    assert platform.channel("yotsuya") == [] == platform.channel("callcentre")


async def test_a_case_is_born_with_what_the_policy_promises(people, world) -> None:
    filed = await people.report()
    duties = await people.duties(filed)
    assert {"take", "reply", "care", "next_contact", "fact_check"} <= set(duties)
    assert {duty.state for duty in duties.values()} == {DutyState.OPEN}
    assert (await audit(world.service.work)).clean


async def test_the_same_call_sent_ten_times_at_once_is_one_call(world, rows: Rows) -> None:
    calls = [call_help(world.service.work, "shinjuku", b"y" * 16, "ja") for _ in range(10)]
    assert len({call.case_id for call in await asyncio.gather(*calls)}) == 1
    assert rows()["case_file"] == 1 and rows()["card"] == 1


async def test_a_call_and_a_report_with_one_secret_are_two_cases(people, world, rows) -> None:
    await people.report(secret=b"z" * 16)
    await call_help(world.service.work, "shinjuku", b"z" * 16, "ja")
    assert rows()["case_file"] == 2


async def test_nothing_is_written_for_a_site_that_is_unknown(people, rows: Rows) -> None:
    with pytest.raises(LookupError):
        await people.call("nowhere")
    with pytest.raises((LookupError, AssertionError)):
        await people.report(site_id="nowhere")
    assert rows() == {}
