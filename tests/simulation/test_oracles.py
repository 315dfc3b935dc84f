"""The oracles themselves: what they forgive, and what they never do."""

from datetime import UTC, datetime, timedelta

from bot.packs import builtin_pack
from flows.phrases import Verbatim
from flows.presses import Verb
from flows.screens import Card
from tests.simulation.alerts import Alerts
from tests.simulation.heard import Heard
from tests.simulation.identity import DutyName, Identity
from tests.simulation.judge import busy
from tests.simulation.ledger import Act, Begun, Reach
from tests.simulation.listed import Lists
from tests.simulation.openings import Openings
from tests.simulation.platform import Channel, Shown, Version
from tests.simulation.times import AGAIN, Times
from tests.simulation.verdict import Verdict

DAY_BEFORE = datetime(2026, 11, 24, tzinfo=UTC)
"""A Tuesday, nine in the morning in Tokyo."""
HOUR = 3_600.0
OPENS = 24 * HOUR
"""Since then, when the desk opens on Wednesday."""
CARD = Card(title=Verbatim(text="here"))


def a_channel(*, every: float) -> Channel:
    """A channel that took one message after another."""
    channel = Channel("desk")
    for number in range(30):
        at = number * every
        said = Version(at, DAY_BEFORE + timedelta(seconds=at), CARD)
        channel.messages.append(Shown(f"m{number}", "desk", None, f"key{number}", [said]))
    return channel


def test_a_channel_that_is_written_to_in_turn_with_others_has_no_rest() -> None:
    last_but_one = 28 * 1.6
    assert any(since <= last_but_one <= until for since, until in busy([a_channel(every=1.6)]))


def test_a_channel_with_a_rest_between_two_messages_is_not_busy() -> None:
    assert busy([a_channel(every=3.0)]) == []


def a_wish_that_nobody_was_asked_about(
    *, spoken_after: float, troubles: list[tuple[float, float]]
) -> list[str]:
    """In the night somebody wishes to talk, and some seconds after it opens the desk speaks with
    them of itself. What is complained of."""
    talk = DutyName("talk", "case", "follow_up", 0, "desk")
    names = Identity({"talk": talk}, {}, {})
    alerts, verdict = Alerts([], names), Verdict()
    desk = Openings.of(builtin_pack("standard").desk_hours)
    times = Times(DAY_BEFORE, [(0.0, timedelta())], troubles)
    heard = Heard(verdict, alerts, Lists(alerts, names, {}), times, desk, end=30 * OPENS)
    began, spoken = OPENS - 9 * HOUR, OPENS + spoken_after
    night, spoken_at = Reach(began, began), Reach(spoken, spoken)
    wish = Act("tanaka", Verb.WISH_TO_TALK, "case", reach=night, notice="own.checked_in.talk")
    done = Act("mori", Verb.DUTY_DONE, "talk", reach=spoken_at, notice="press.recorded")
    report = Begun(0, "report", "ginza", case_id="case", public_id="ABCDEFG")
    heard.judge(report, [wish, done], [talk], goes=False)
    return [complaint.oracle for complaint in verdict.complaints]


def test_who_spoke_with_somebody_while_nothing_went_through_was_owed_no_question() -> None:
    refused = [(OPENS + minute * 60, OPENS + minute * 60 + AGAIN) for minute in range(0, 30, 5)]
    assert a_wish_that_nobody_was_asked_about(spoken_after=1_887.0, troubles=refused) == []


def test_a_wish_to_talk_that_nothing_kept_back_is_asked_about_as_the_desk_opens() -> None:
    assert a_wish_that_nobody_was_asked_about(spoken_after=1_887.0, troubles=[]) == ["unheard"]


def danger_of_which_the_desk_spoke(*, at: float) -> list[str]:
    """A report that hints at danger is two hours on its way, for a copy of it came late. The desk
    is asked at once, and speaks with its sender. What is complained of."""
    talk = DutyName("talk", "case", "follow_up", 0, "desk")
    names = Identity({"talk": talk}, {"key0": "talk"}, {})
    asked = Shown("m0", "@sato", None, "key0", [Version(OPENS, DAY_BEFORE, CARD)])
    alerts, verdict = Alerts([asked], names), Verdict()
    desk = Openings.of(builtin_pack("standard").desk_hours)
    times = Times(DAY_BEFORE, [(0.0, timedelta())], [])
    heard = Heard(verdict, alerts, Lists(alerts, names, {}), times, desk, end=30 * OPENS)
    report = Begun(0, "report", "ginza", case_id="case", public_id="ABCDEFG", hint=True)
    report.reach = Reach(OPENS, OPENS + 2 * HOUR)
    done = Act("mori", Verb.DUTY_DONE, "talk", reach=Reach(at, at), notice="press.recorded")
    heard.judge(report, [done], [talk], goes=False)
    return [complaint.oracle for complaint in verdict.complaints]


def test_the_desk_may_speak_with_somebody_before_a_late_copy_of_the_report_comes() -> None:
    assert danger_of_which_the_desk_spoke(at=OPENS + HOUR) == []


def test_a_press_of_the_desk_before_the_report_was_sent_answers_no_danger() -> None:
    assert danger_of_which_the_desk_spoke(at=OPENS - HOUR) == ["unheard"]
