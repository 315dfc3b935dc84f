"""A case as it stands, for cards and screens to be made from. Plain facts, no sentences."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flows.aftercare import Word
from flows.assessment import Assessment
from flows.clocks import Urgency
from flows.commitments import DutyKind, ResponseStep
from flows.duties import Owner
from flows.file_kinds import FileKind
from flows.ladders import FELL_SILENT, AnswerKind, Ladder, Role, Seat, taken_seats
from flows.outcomes import Report
from flows.phrases import Own, Phrase
from flows.scene import DayPart, SiteOption


class CareWord(StrEnum):
    """What the reporter said about care."""

    NONE = "none"
    HAPPENED = "happened"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Phone:
    """How somebody who was asked is reached; a stranger reads the role, not the name."""

    role: Role
    number: str
    name: Own


@dataclass(frozen=True)
class Rung:
    """One rung that was asked: who, and when the platform had the message."""

    roles: tuple[Role, ...]
    sent_at: datetime | None
    people: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    unsure: bool = False
    """It left, its answer was lost, and nobody can look: it is not sent once more."""


@dataclass(frozen=True)
class SeatView:
    """An answer, with the name the channel knows the person by."""

    seat: Seat
    name: Own
    role: Role
    believed_until: datetime | None = None
    """Of somebody who comes: when people are asked anew, unless something follows."""


@dataclass(frozen=True)
class DutyView:
    """One duty, its answers, and what comes next if nobody moves."""

    id: str
    kind: DutyKind
    owner: Owner
    state: str
    due_at: datetime
    ladder: Ladder
    rungs: tuple[Rung, ...]
    seats: tuple[SeatView, ...]
    next_roles: tuple[Role, ...]
    next_at: datetime | None
    """When the next roles are asked, or the ladder gives up; None when nobody is chased."""
    ended_at: datetime | None
    done_by: Own | None = None
    part: int = 0
    asked: bool = True
    """Of a question to the employee: its day has come."""
    anew: bool = False
    """It is asked anew: what was answered before did not do it."""
    left: bool = False
    """Of a case that is to be taken: whoever had it is at the company no more."""
    more_told: bool = False
    """Of a report to be taken: people were told beside those who were asked first."""
    began_at: datetime | None = None
    """Since when it is owed, for who reads of it themselves; no card says it."""

    @property
    def over(self) -> bool:
        """Nothing is owed any more."""
        return self.state in ("done", "closed", "unconfirmed")

    @property
    def dropped(self) -> bool:
        """People were asked to stand by, and no longer are: nobody said that it is over."""
        return self.kind is DutyKind.SECOND_PERSON and self.state == "closed"

    @property
    def lapsed(self) -> bool:
        """A call for help that nobody ended: how the caller is, nobody knows."""
        return self.kind is DutyKind.SECOND_PERSON and self.state == "unconfirmed"

    @property
    def taken(self) -> tuple[SeatView, ...]:
        """The people who come, in the order they said so."""
        taken = taken_seats([view.seat for view in self.seats])
        return tuple(view for view in self.seats if view.seat in taken)

    def asked_anew_after(self, now: datetime) -> datetime | None:
        """After which time people are asked anew, where those who come say nothing more."""
        ends = [view.believed_until for view in self.taken if view.believed_until is not None]
        return max(ends) if ends and max(ends) > now else None

    @property
    def reached(self) -> bool:
        """Somebody says that they are there, or said so some time ago."""
        came = (AnswerKind.HERE, AnswerKind.WAS_THERE)
        return any(view.seat.answer in came for view in self.seats)

    @property
    def ran_out(self) -> bool:
        """Somebody had said that they come, or are there, and nothing came after it."""
        return any(view.seat.answer in FELL_SILENT for view in self.seats)


@dataclass(frozen=True)
class MessageView:
    """One message between the reporter and the desk."""

    by_desk: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class SenderView:
    """Who sent a case, as far as its messages may name them."""

    reporter_name: str = ""
    """Typed, not verified; only where the reporter sends with their name."""
    caller: Phrase | None = None
    """Who called for help, where a platform or the roster knows; never from a poster's page."""
    from_page: bool = False
    """The call came from the page behind a poster, which knows nobody."""


@dataclass(frozen=True)
class HealthView:
    """How the sender is, as they said it themselves."""

    check_ins: tuple[tuple[DutyKind, int, Word], ...] = ()
    """The employee's own answers, for the desk and their own page alone."""
    care_word: CareWord = CareWord.NONE
    """Their own word about care where it goes to the desk alone, for it and their own page."""
    self_harm_hint: bool = False
    care_denied: bool = False
    """Somebody says that they gave care, and they last said that nobody had."""
    wishes_to_talk: bool = False


class NotOpened(Exception):
    """A reader asked for a part of a case that it did not open."""


_Part = TypeVar("_Part")


def opened(part: _Part | None) -> _Part:
    """A part of a case that its reader has opened. Raises NotOpened."""
    if part is None:
        raise NotOpened
    return part


@dataclass(frozen=True)
class FileView:
    """A file of evidence, by its number in the case."""

    kind: FileKind
    size: int
    """Of the original, in bytes."""
    shown: bool
    """There is a copy to look at; else it can only be downloaded."""


@dataclass(frozen=True)
class MeasureView:
    """What the desk noted against a repeat."""

    text: str
    at: datetime | None = None
    """When; None for one from before the day was kept with it."""


@dataclass(frozen=True)
class CaseView:
    """A case, whoever looks. What a reader may not see is left out by whoever builds it."""

    id: str
    public_id: str
    state: str
    urgency: Urgency
    site: SiteOption
    zone: str
    now: datetime
    duties: tuple[DutyView, ...]
    delivered_at: datetime | None
    """When the desk's channel had it; None while it is on its way."""
    nowhere: bool = False
    """The desk's card could not be put into its channel, and stands nowhere."""
    leaves_by: datetime | None = None
    """Until when an unnamed report waits before it leaves."""
    day_part: DayPart = DayPart.AFTERNOON
    report: Report | None = None
    """None for a call for help."""
    assessment: Assessment | None = None
    sender: SenderView | None = None
    """None for a reader who did not open it; never that nobody is known."""
    health: HealthView | None = None
    """The same."""
    had_by_desk: bool = False
    """On the sender's own page, of a report that was taken back: a desk had it once."""
    own_desk: bool = False
    """On the sender's own page: whoever looks is all of the desk that has it."""
    asked_after_desk: tuple[Role, ...] = ()
    """There: who else is asked, once nobody at that desk takes it."""
    care_asked_at: datetime | None = None
    """There: when the desk is asked again for care that nobody gave."""
    spot: str | None = None
    called_at: datetime | None = None
    """When help was called; None for a report."""
    mistaken: bool = False
    moved: bool = False
    """The caller of a call is at another site, and called help there."""
    asked_last: bool = False
    """The last question of a call that nobody ended stands on the caller's page."""
    called_over: bool = False
    """Somebody who came ended the call; its caller did not."""
    again_at: datetime | None = None
    """When the caller of a call last said that they still need help."""
    not_cared_for: bool = False
    """The caller of a call says that nobody has looked after them, since they last called."""
    responses: tuple[ResponseStep, ...] = ()
    """What the desk did towards the customer, in order."""
    measures: tuple[MeasureView, ...] = ()
    over_said: bool = False
    """The reporter says that what went on is over, or that they are safe."""
    messages: tuple[MessageView, ...] = ()
    """For the reporter's page and the desk's details; no card of a channel shows one."""

    files: tuple[FileView, ...] = ()
    """What the reporter added; a card of a channel says only how many."""

    @property
    def hidden_from_site(self) -> bool:
        """Nobody at the site may learn who reported, nor what they do about it since."""
        return self.report is not None and self.report.hidden_from_site

    @property
    def care_denied(self) -> bool:
        """What they last said of care is that nobody had come, though somebody says so."""
        return self.not_cared_for if self.report is None else opened(self.health).care_denied

    @property
    def unread_at_desk(self) -> bool:
        """Nobody at the desk can read of it, but for whoever sent it."""
        return self.nowhere or self.own_desk

    @property
    def desk_owes_reply(self) -> bool:
        """The reporter wrote last."""
        return bool(self.messages) and not self.messages[-1].by_desk

    def duty(self, kind: DutyKind) -> DutyView | None:
        """The case's duty of this kind, if it has one: the one still owed, else the latest."""
        mine = [duty for duty in self.duties if duty.kind is kind]
        return next((duty for duty in mine if not duty.over), mine[-1] if mine else None)

    def asked_again(self, duty: DutyView) -> bool:
        """Whether this duty ended only because a later one of its kind, not dropped itself, took
        its place. A question to the employee has a day of its own, and no later one replaces it."""
        of_a_day = (DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK)
        if duty.state != "closed" or duty.kind in of_a_day:
            return False
        last = max((d for d in self.duties if d.kind is duty.kind), key=lambda d: d.part)
        return last.part > duty.part and last.state != "closed"

    def word_beside(self, care: DutyView) -> CareWord | None:
        """What the reporter said of care that the site gives, where its duty goes on as if they
        had said nothing, for its cards must not tell. Of other care their word is the end, or a
        new beginning."""
        at_site = care.kind is DutyKind.CARE and care.owner is Owner.SITE
        word = opened(self.health).care_word if at_site else CareWord.NONE
        return None if word is CareWord.NONE else word

    def word_of(self, question: DutyView) -> Word | None:
        """What the employee answered to a question of a day, if they did."""
        asked = (question.kind, question.part)
        words = opened(self.health).check_ins
        return next((word for kind, day, word in words if (kind, day) == asked), None)

    def owed_anew(self, duty: DutyView) -> bool:
        """Whether this duty was done, and the same is owed once more: the history tells of it."""
        if duty.state != "done" or duty.kind in (DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK):
            return False
        return any(each.kind is duty.kind and not each.over for each in self.duties)

    @property
    def questions(self) -> tuple[DutyView, ...]:
        """What the employee is asked just now."""
        kinds = (DutyKind.CHECK_IN, DutyKind.NO_REPRISAL_CHECK)
        asked = (duty for duty in self.duties if duty.kind in kinds)
        return tuple(duty for duty in asked if duty.asked and not duty.over)
