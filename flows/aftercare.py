"""After a report: how are you, and has anything got worse for you since?

The bot asks on fixed days, one tap answers, and the answer goes past the manager to the
desk. Silence is a right: a question nobody answers ends by itself and is counted apart.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from flows.commitments import DutyKind
from flows.phrases import Frozen

ASKED_AT = time(12, 0)
"""Noon at the site: a time that says nothing about when somebody reported."""

STILL_AFTER_DAYS = 20
"""A check-in later than that asks whether it weighs on them still: by then most of it has faded."""


class Aftercare(Frozen):
    """On which days after a report the employee is asked, and how long an answer is awaited."""

    check_in_days: tuple[int, ...] = Field(default=(3, 14, 30), min_length=1, max_length=6)
    no_reprisal_days: tuple[int, ...] = Field(default=(30, 90), min_length=1, max_length=6)
    answer_days: int = Field(default=7, ge=1, le=30)

    def days(self, kind: DutyKind) -> tuple[int, ...]:
        """The days on which this question is asked."""
        return self.check_in_days if kind is DutyKind.CHECK_IN else self.no_reprisal_days

    def asked_at(self, opened: datetime, day: int, zone: str) -> datetime:
        """When the question of `day` is put to somebody whose case opened then."""
        return _noon(opened.astimezone(ZoneInfo(zone)).date() + timedelta(days=day), zone)

    def ends_at(self, opened: datetime, zone: str) -> datetime:
        """When care that nobody confirmed ends as offered: after the last answer time."""
        last = self.asked_at(opened, max(self.check_in_days), zone)
        return last + timedelta(days=self.answer_days)


def _noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, ASKED_AT, ZoneInfo(zone))


class Word(StrEnum):
    """How somebody answers a check-in. Ids are stored; never rename one."""

    WELL = "well"
    HARD = "hard"
    TALK = "talk"


def needs_desk(
    kind: DutyKind, day: int, word: Word, before: Collection[Word], *, sign: bool
) -> bool:
    """Whether this answer to the question of `day` brings the desk at once.

    A wish to talk does; anything worse since the report does (the law forbids reprisal,
    Act Art. 33(2)); a hard answer does when it is not the first sign, or it is hard still.
    `sign`: their words hinted at self-harm, or they had wished to talk: no later answer takes that
    back.
    """
    if word is Word.TALK:
        return True
    if word is Word.WELL:
        return False
    again = sign or any(each is not Word.WELL for each in before)
    return kind is DutyKind.NO_REPRISAL_CHECK or again or day > STILL_AFTER_DAYS


def any_needs_desk(answers: Iterable[tuple[DutyKind, int, Word]], *, sign: bool) -> bool:
    """Whether any of these answers, in the order they were given, brought the desk."""
    said: dict[DutyKind, list[Word]] = {}
    for kind, day, word in answers:
        before = said.setdefault(kind, [])
        if needs_desk(kind, day, word, before, sign=sign):
            return True
        before.append(word)
    return False
