"""Cards on their way to Slack: what each answer of Slack's means, and nothing sent twice."""

from datetime import timedelta

import pytest

from adapters.slack.watch import DeskWatch
from bot.company import SecondDesk
from bot.messengers import Ambiguous, NotThere, Permanent, Sent, Throttled
from flows.phrases import Verbatim, say
from flows.presses import Press, Verb
from flows.screens import Button, Card, Paragraph
from tests.adapters.slack.office import CALLS, DESK, SHINJUKU, TEAM, Office, said
from tests.adapters.slack.walks import calls_for_help
from tests.fake_slack import Fault, Kind, Message, Person, User

CARD = Card(
    title=say("desk.title", id=Verbatim(text="K7F3QMA"), urgency=say("urgency.U1")),
    body=(Paragraph(text=say("desk.owed.nothing")),),
    buttons=(Button(label=say("desk.take"), press=Press(verb=Verb.TAKE, subject="ab" * 16)),),
    mentions=("sato", "watanabe"),
)
KEY = "cd" * 16


@pytest.fixture(autouse=True)
async def desk_is_fit(office: Office) -> None:
    await office.site.watch.check()


async def test_a_card_is_posted_edited_and_found_by_its_name(office: Office) -> None:
    messenger = office.site.messenger
    sent = await messenger.post(DESK, CARD, KEY, None)
    message = office.messages(DESK)[0]
    assert sent == Sent(f"/{DESK}/{message.ts}")
    assert "K7F3QMA" in message.text and message.text.startswith("<@U0SATO>")
    assert await messenger.find(DESK, KEY, None) == sent
    assert await messenger.find(DESK, "ef" * 16, None) == NotThere()
    other = CARD.model_copy(update={"title": say("desk.owed.nothing")})
    assert await messenger.edit(DESK, sent.ref, other) == sent
    assert message.edits == 1 and "K7F3QMA" not in message.read
    assert await messenger.find(DESK, KEY, None) == sent


async def test_a_phone_says_of_a_call_where_to_come(office: Office) -> None:
    await calls_for_help(office)
    told = [*office.messages(SHINJUKU), *office.person("tanaka").chat]
    assert ["すぐ来てください：新宿店、0/2人" in each.text for each in told] == [True, True]
    await office.passes(minutes=11)
    (card,) = (each for each in office.messages(DESK) if each.thread_ts is None)
    assert "いますぐ：助けの呼び出し（新宿店）" in card.text


async def test_a_direct_message_speaks_the_language_of_the_channel_for_which_it_asks(
    office: Office,
) -> None:
    await calls_for_help(office, "callcentre")
    for name in ("ito", "kato"):
        (told,) = office.person(name).chat
        assert told.text == "Please come now: Call centre; 0 of 2"
        assert said("en", "answer.take_over") in told.read
    await office.person("kato").taps_in(told, said("en", "answer.take_over"))
    await office.settles()
    assert told.edits and said("en", "help.card.where") in told.read
    await office.passes(minutes=15)
    (at_desk, *_) = office.person("sato").chat
    assert "相談窓口" in at_desk.text


async def test_a_reply_stands_in_the_thread_and_is_found_there(office: Office) -> None:
    messenger = office.site.messenger
    above = await messenger.post(DESK, CARD, KEY, None)
    office.clock.passes(seconds=1)
    reply = await messenger.post(DESK, CARD, "11" * 16, above.ref)
    assert office.messages(DESK)[1].thread_ts == office.messages(DESK)[0].ts
    assert await messenger.find(DESK, "11" * 16, above.ref) == reply


async def test_direct_messages_go_to_the_account_and_never_into_a_thread(office: Office) -> None:
    messenger = office.site.messenger
    above = await messenger.post(DESK, CARD, KEY, None)
    sent = await messenger.post("@U0TANAKA", CARD, "22" * 16, above.ref)
    (message,) = office.person("tanaka").chat
    assert sent == Sent(f"/D0TANAKA/{message.ts}") and message.thread_ts is None
    assert await messenger.find("@U0TANAKA", "22" * 16, None) == sent
    for _ in ("as it was posted", "as it was edited"):
        code = message.blocks[-1]["elements"][0]["value"]
        press = office.service.work.index.open_press(code, "slack:@U0TANAKA")
        assert press == CARD.buttons[0].press
        assert await messenger.edit("@U0TANAKA", sent.ref, CARD) == sent


async def test_metadata_names_nothing_of_ours(office: Office) -> None:
    await office.site.messenger.post(DESK, CARD, KEY, None)
    metadata = office.messages(DESK)[0].metadata
    assert metadata["event_payload"].keys() == {"id"}
    assert KEY not in str(metadata)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (e, e)
        for e in (
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "account_inactive",
            "token_revoked",
            "msg_too_long",
            "invalid_blocks",
            "missing_scope",
            "invalid_auth",
        )
    ],
)
async def test_what_slack_will_never_take_is_permanent(
    office: Office, error: str, reason: str
) -> None:
    office.slack.faults.append(Fault(Kind.ERROR, "chat.postMessage", error=error))
    assert await office.site.messenger.post(DESK, CARD, KEY, None) == Permanent(reason)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("1", 1), ("30", 30), ("0", 1), (None, 30), ("soon", 30), ("-5", 30), ("999999", 3600)],
)
async def test_a_wait_is_as_long_as_slack_says(
    office: Office, retry_after: str | None, seconds: int
) -> None:
    office.slack.faults.append(Fault(Kind.THROTTLED, retry_after=retry_after))
    outcome = await office.site.messenger.post(DESK, CARD, KEY, None)
    assert outcome == Throttled(office.clock.now() + timedelta(seconds=seconds))
    assert not office.messages(DESK)


LOST = [
    Fault(Kind.STATUS, status=500),
    Fault(Kind.STATUS, status=502),
    Fault(Kind.STATUS, status=503),
    Fault(Kind.HTML),
    Fault(Kind.ERROR, error="fatal_error"),
    Fault(Kind.ERROR, error="internal_error"),
    Fault(Kind.DROPPED_BEFORE),
    Fault(Kind.DROPPED_AFTER),
    Fault(Kind.SILENT_BEFORE),
    Fault(Kind.SILENT_AFTER),
]


@pytest.mark.parametrize("fault", LOST, ids=lambda f: f"{f.kind}-{f.status}-{f.error}")
async def test_an_answer_that_is_lost_says_nothing_and_the_sdk_repeats_nothing(
    office: Office, fault: Fault
) -> None:
    messenger = office.site.messenger
    office.site.api.call_seconds = 0.3
    await office.site.api.session.close()
    office.site.api._session = None
    office.slack.faults.append(Fault(fault.kind, status=fault.status, error=fault.error))
    assert await messenger.post(DESK, CARD, KEY, None) == Ambiguous()
    assert office.calls("chat.postMessage") == ["chat.postMessage"]
    found = await messenger.find(DESK, KEY, None)
    applied = fault.kind in (Kind.DROPPED_AFTER, Kind.SILENT_AFTER)
    assert isinstance(found, Sent if applied else NotThere)
    assert len(office.messages(DESK)) == applied


async def test_where_slack_cannot_be_reached_nothing_was_sent(office: Office) -> None:
    office.site.api.base_url = "http://127.0.0.1:1/api/"
    outcome = await office.site.messenger.post(DESK, CARD, KEY, None)
    assert isinstance(outcome, Throttled)


async def test_it_reads_back_only_with_the_scopes_for_it(office: Office) -> None:
    messenger = office.site.messenger
    assert messenger.reads_back
    office.slack.scopes -= {"groups:history"}
    await messenger.post(DESK, CARD, KEY, None)
    assert not messenger.reads_back
    assert messenger.gap_seconds == 1.0


async def test_a_direct_message_to_an_organisations_account_is_found_too(office: Office) -> None:
    office.slack.space.add_user(User("W0TANAKA", "Tanaka", TEAM))
    messenger = office.site.messenger
    sent = await messenger.post("@W0TANAKA", CARD, KEY, None)
    assert isinstance(sent, Sent)
    assert await messenger.find("@W0TANAKA", KEY, None) == sent


async def test_a_call_reaches_an_organisations_account_as_soon_as_any_other(
    office: Office,
) -> None:
    """Slack loses the first try of each."""
    office.slack.space.add_user(User("W0TANAKA", "Tanaka", TEAM))
    work = office.service.work
    people = (
        person.model_copy(update={"slack_id": "W0TANAKA"}) if person.id == "tanaka" else person
        for person in work.company.people
    )
    work.directory.load(tuple(people), 0)
    await office.person("john").opens_home()
    office.slack.faults.append(Fault(Kind.DROPPED_BEFORE, "chat.postMessage", times=4))
    await calls_for_help(office)
    await office.passes(minutes=2)
    assert Person(office.slack, "U0YAMAMOTO").chat
    assert Person(office.slack, "W0TANAKA").chat


async def test_a_look_that_fails_is_not_a_no(office: Office) -> None:
    messenger = office.site.messenger
    await messenger.post(DESK, CARD, KEY, None)
    office.slack.faults.append(Fault(Kind.STATUS, "conversations.history"))
    assert await messenger.find(DESK, KEY, None) == Ambiguous()
    office.slack.faults.append(Fault(Kind.THROTTLED, "conversations.history"))
    assert isinstance(await messenger.find(DESK, KEY, None), Throttled)


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "token_revoked"])
async def test_where_nobody_can_look_any_more_nothing_is_taken_any_more(
    office: Office, error: str
) -> None:
    office.slack.faults.append(Fault(Kind.ERROR, "conversations.history", error=error))
    assert await office.site.messenger.find(SHINJUKU, KEY, None) == Permanent(error)
    office.slack.faults.append(Fault(Kind.ERROR, "conversations.open", error="user_not_found"))
    found = await office.site.messenger.find("@U0TANAKA", KEY, None)
    assert found == Permanent("user_not_found")


async def test_nothing_stands_beside_a_message_that_was_deleted(office: Office) -> None:
    office.slack.faults.append(Fault(Kind.ERROR, "conversations.replies", error="thread_not_found"))
    messenger = office.site.messenger
    assert await messenger.find(SHINJUKU, KEY, f"{TEAM}/{SHINJUKU}/1.2") == NotThere()


async def test_a_process_that_knows_no_scopes_yet_finds_what_the_one_before_sent(
    office: Office,
) -> None:
    messenger = office.site.messenger
    sent = await messenger.post(SHINJUKU, CARD, KEY, None)
    office.site.api.scopes.clear()
    assert messenger.reads_back
    assert await messenger.find(SHINJUKU, KEY, None) == sent


async def test_a_process_learns_from_its_first_look_that_nobody_may_look(office: Office) -> None:
    messenger = office.site.messenger
    office.slack.scopes -= {"groups:history"}
    office.site.api.scopes.clear()
    assert await messenger.find(SHINJUKU, KEY, None) == Ambiguous()
    assert not messenger.reads_back


async def test_a_message_is_found_behind_hundreds_of_others(office: Office) -> None:
    messenger = office.site.messenger
    sent = await messenger.post(SHINJUKU, CARD, KEY, None)
    space = office.slack.space
    for _ in range(450):
        noise = Message(space.ts(), SHINJUKU, "U0TANAKA", "hello", [])
        space.post(space.channels[SHINJUKU], noise)
    assert await messenger.find(SHINJUKU, KEY, None) == sent


@pytest.mark.parametrize("flag", ["ext_shared", "org_shared", "public", "archived"])
async def test_a_desk_channel_that_others_may_read_gets_nothing_within_a_minute(
    office: Office, flag: str
) -> None:
    channel = office.slack.space.channels[DESK]
    if flag == "public":
        channel.private = False
    else:
        setattr(channel, flag, True)
    await office.person("sato").event({"type": "channel_shared", "channel": DESK})
    outcome = await office.site.messenger.post(DESK, CARD, KEY, None)
    assert outcome == Throttled(office.clock.now() + timedelta(minutes=1))
    assert not office.messages(DESK) and "chat.postMessage" not in office.calls()
    assert isinstance(await office.site.messenger.post(SHINJUKU, CARD, KEY, None), Sent)


async def test_a_verdict_on_the_desk_channel_is_good_for_a_minute(office: Office) -> None:
    messenger = office.site.messenger
    office.clock.passes(seconds=60)
    assert isinstance(await messenger.post(DESK, CARD, KEY, None), Sent)
    office.clock.passes(seconds=1)
    assert isinstance(await messenger.post(DESK, CARD, "33" * 16, None), Throttled)
    office.slack.faults.append(Fault(Kind.STATUS, "conversations.info"))
    await office.site.watch.check()
    assert isinstance(await messenger.post(DESK, CARD, "33" * 16, None), Throttled)


async def test_another_workspace_has_other_rooms(office: Office) -> None:
    places = office.site.messenger._places
    assert places.room("T0OTHER.C0X") == ("T0OTHER", "C0X")
    assert places.room("@U0X") == ("", "U0X")
    assert places.address(TEAM, DESK, alone=True) == f"slack:{DESK}"
    assert places.address(TEAM, DESK, alone=False) is None
    assert places.address(TEAM, "C0NOWHERE", alone=True) is None


async def test_who_is_in_a_channel_is_told_or_not_known(office: Office) -> None:
    messenger = office.site.messenger
    assert await messenger.members(DESK) == {"U0SATO", "U0SUZUKI", "U0MORI", "U0MAMORI"}
    office.slack.faults.append(Fault(Kind.STATUS, "conversations.members"))
    assert await messenger.members(DESK) is None


async def test_a_second_desks_channel_is_watched_like_the_first(office: Office) -> None:
    second = SecondDesk(channel=f"slack:{CALLS}", people=("watanabe",))
    company = office.service.work.company.model_copy(update={"second_desk": second})
    watch = DeskWatch(office.site.api, company, office.clock)
    await watch.check()
    assert watch.may_show(DESK) and watch.may_show(CALLS) and watch.may_show(SHINJUKU)
    office.slack.space.channels[CALLS].private = False
    await watch.check()
    assert watch.may_show(DESK) and not watch.may_show(CALLS)
