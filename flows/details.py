"""A case's details, for one person of the desk who opened them in private.

Everything the reporter answered and wrote stands here and nowhere else, and each opening
is a line of the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.acts import Chip
from flows.assessment import Effect
from flows.card_parts import spot
from flows.cards import danger, going_on, injured, not_to_site, speak_now
from flows.case_view import CaseView, MeasureView, opened
from flows.commitments import DutyKind
from flows.ladders import AnswerKind, Role
from flows.outcomes import Report, Visibility
from flows.phrases import Listed, Phrase, Verbatim, listed, on_day, on_day_at, say
from flows.policy import Policy
from flows.result import length_phrase
from flows.screens import Element, Fact, Facts, Happening, Heading, Paragraph, Timeline
from flows.talk import letters_first, other_letters


@dataclass(frozen=True)
class Written:
    """What a reporter typed: the two things that only this page shows."""

    words: str
    typed_name: str
    kept_out: tuple[Phrase, ...] = ()
    """The names of whom they keep out."""
    tied: "TiedCall | None" = None
    """The call for help that they named."""


@dataclass(frozen=True)
class Line:
    """One line of the history, as stored."""

    at: datetime
    fact: str
    who: Phrase | None
    roles: tuple[Role, ...] = ()
    answer: str = ""
    """Of a line that somebody answered: what they said, as stored."""
    duty: str = ""
    """Of a line about one duty: its kind."""
    by_itself: bool = False
    """Nobody pressed it: it followed from something else."""


@dataclass(frozen=True)
class TiedCall:
    """The call for help to which a reporter tied their report, as its number says."""

    number: str
    there: bool
    """There is such a call."""
    view: CaseView | None = None
    """As it stands; None for whoever may not read it."""
    lines: tuple[Line, ...] = ()
    """What happened, from when it was made to how it ended."""


def details(policy: Policy, view: CaseView, written: Written) -> tuple[Element, ...]:
    """What the desk reads first: who and where, the words, what was answered."""
    report = view.report
    assert report is not None and view.assessment is not None
    return (
        Paragraph(text=say("details.opened_is_logged")),
        *_taken_back(view),
        *danger(view),
        *not_to_site(view),
        *speak_now(view),
        *going_on(view),
        *injured(view),
        *letters_first(view),
        Facts(items=(*_who(report, written), *_where(policy, view, report, written.tied))),
        *_words(view, written.words),
        *(_tied(policy, written.tied) if written.tied else ()),
        Heading(text=say("details.reasons")),
        Paragraph(text=say(f"desk.verdict.{view.assessment.verdict.value}"), strong=True),
        Facts(items=_answers(policy, report)),
    )


def since_then(view: CaseView, history: Sequence[Line]) -> tuple[Element, ...]:
    """What the desk reads below what is owed: what came of it, and who did what."""
    return (
        *_since(view),
        *other_letters(view),
        Heading(text=say("details.history")),
        Timeline(items=tuple(_line(view, line) for line in history)),
    )


def _words(view: CaseView, words: str) -> tuple[Element, ...]:
    """What was written with it. Who wrote only afterwards did not write nothing."""
    if not words and not all(each.by_desk for each in view.messages):
        return ()
    text = Verbatim(text=words) if words else say("details.no_words")
    return (Heading(text=say("details.words")), Paragraph(text=text))


def _taken_back(view: CaseView) -> tuple[Element, ...]:
    withdrawn = view.state == "withdrawn"
    return (Paragraph(text=say("details.withdrawn"), strong=True),) if withdrawn else ()


def _tied(policy: Policy, tied: TiedCall) -> tuple[Element, ...]:
    """The call, as the reporter says; who called is not said here."""
    number = Verbatim(text=tied.number)
    text = say("details.tied", id=number) if tied.there else say("details.tied_none", id=number)
    view = tied.view
    if view is None:
        return (Heading(text=say("details.tied_title")), Paragraph(text=text))
    place = Fact(label=say("details.where"), value=spot(policy, view))
    return (
        Heading(text=say("details.tied_title")),
        Paragraph(text=text),
        Paragraph(text=say("details.tied_source")),
        Facts(items=(place,)),
        Timeline(items=tuple(_line(view, line) for line in tied.lines)),
    )


def _who(report: Report, written: Written) -> tuple[Fact, ...]:
    name: Phrase
    if report.visibility is Visibility.UNNAMED:
        name = say("details.unnamed")
    else:
        name = say("details.name_unverified", name=Verbatim(text=written.typed_name))
    if report.visibility is Visibility.DESK_ONLY:
        name = listed([name, say("desk.who.d")])
    rows = [Fact(label=say("details.name"), value=name)]
    if report.wishes:
        wishes = listed([say(f"wish.{wish}") for wish in report.wishes])
        rows.append(Fact(label=say("details.wishes"), value=wishes))
    roles = [say(f"role.{role.value}") for role in report.excluded]
    if roles or written.kept_out:
        rows.append(Fact(label=say("details.excluded"), value=listed([*roles, *written.kept_out])))
    return tuple(rows)


def _where(
    policy: Policy, view: CaseView, report: Report, tied: TiedCall | None
) -> tuple[Fact, ...]:
    """As much of the place as the report itself says, and whether the call they tied says more."""
    place: Phrase = view.site.name if report.name_site else view.site.area
    if not report.name_site and tied is not None and tied.view is not None:
        place = Listed(items=(place, say("details.where_tied")), joined="lines")
    rows = [
        Fact(label=say("details.where"), value=place),
        Fact(
            label=say("details.when"),
            value=say(f"when.{report.when.value}") if report.when else say("details.not_said"),
        ),
    ]
    location = policy.locations.get(view.site.location)
    spot = next(
        (s.name for s in (location.spots if location else ()) if s.id == view.spot),
        None,
    )
    if spot is not None:
        rows.append(Fact(label=say("details.spot"), value=spot))
    return tuple(rows)


def _answers(policy: Policy, report: Report) -> tuple[Fact, ...]:
    asked = say("result.not_needed")
    effects = [say(f"effects.{e.value}") for e in Effect if e in (report.effects or ())]
    after = report.after_stop
    return (
        Fact(label=say("details.chosen"), value=_chosen(policy, report.chips)),
        *_malicious(policy, report.chips),
        Fact(label=say("details.work"), value=listed(effects) if effects else asked),
        Fact(
            label=say("details.demand"),
            value=say(f"demand.{report.demand.value}") if report.demand else asked,
        ),
        Fact(
            label=say("details.length"),
            value=length_phrase(policy, report.length) if report.length else asked,
        ),
        Fact(
            label=say("details.means"),
            value=say(f"result.after_stop.{after.value}") if after else asked,
        ),
    )


def _since(view: CaseView) -> tuple[Element, ...]:
    """What was done towards the customer, what keeps it from coming back, how the person is."""
    rows = []
    if view.responses:
        steps = listed([say(f"response.{step.value}") for step in view.responses])
        rows.append(Fact(label=say("details.responses"), value=steps))
    rows += [_measure(view, each) for each in view.measures]
    for kind, day, word in opened(view.health).check_ins:
        label = say(f"details.{kind.value}", day=day)
        rows.append(Fact(label=label, value=say(f"ask.{kind.value}.{word.value}")))
    return (Heading(text=say("details.since")), Facts(items=tuple(rows))) if rows else ()


def _measure(view: CaseView, noted: MeasureView) -> Fact:
    text: Phrase = Verbatim(text=noted.text)
    if noted.at is not None:
        text = Listed(items=(on_day(noted.at, view.zone), text), joined="lines")
    return Fact(label=say("details.measure"), value=text)


def _chosen(policy: Policy, chips: Sequence[Chip]) -> Phrase:
    """Each chip as the reporter read it, then the policy's acts it may stand for.

    The reporter ticked the chip and none of the acts: fixing which it was is the desk's work.
    """
    lines = []
    for chip in chips:
        names = listed([policy.act_name(act.id) for act in policy.active_acts(chip)])
        key = "details.one_of" if len(names.items) > 1 else "details.named"
        lines += [say(f"chip.{chip.value}"), say(key, acts=names)]
    return Listed(items=tuple(lines), joined="lines")


def _malicious(policy: Policy, chips: Sequence[Chip]) -> tuple[Fact, ...]:
    """The acts among them that the policy calls especially grave; the desk finds which it was."""
    names = [
        policy.act_name(act.id)
        for chip in chips
        for act in policy.active_acts(chip)
        if policy.is_malicious(act.id)
    ]
    return (Fact(label=say("details.malicious"), value=listed(names)),) if names else ()


_OWN_FACTS = (
    "filed",
    "corrected",
    "wrote",
    "care_confirmed",
    "care_not_yet",
    "checked_in",
    "wished_to_talk",
    "own_over",
    "withdrawn",
    "resumed",
    "file_added",
)
"""What the reporter did. For an unnamed one only the day is kept, and only the day is shown."""


_ON_A_DUTY = ("duty_done", "not_needed", "not_done", "asked", "exhausted", "asked_employee")
"""What was marked, or asked, which says little without what it was."""


def _line(view: CaseView, line: Line) -> Happening:
    what: Phrase = say(f"fact.{_said(line)}", roles=listed([_role(role) for role in line.roles]))
    if line.fact in _ON_A_DUTY and line.duty:
        what = say("fact.on_duty", what=what, duty=say(f"duty.{line.duty}"))
    if line.who is not None:
        what = say("fact.by", what=what, who=line.who)
    when = on_day if _is_of_a_day(view, line) else on_day_at
    return Happening(when=when(line.at, view.zone), what=what)


def _is_of_a_day(view: CaseView, line: Line) -> bool:
    """Whether no more than the day was kept, and the hour stands for nothing: an unnamed
    reporter's own deed, or the case open again by what they wrote or answered."""
    unnamed = view.report is not None and view.report.unnamed
    reopened = line.fact == "reopened" and line.by_itself
    return unnamed and (reopened or line.fact in _OWN_FACTS)


def _said(line: Line) -> str:
    """The fact, and for an answer which: who is there says more than who is on the way."""
    if line.fact == "exhausted" and line.duty not in ("", DutyKind.SECOND_PERSON):
        return "exhausted_nobody"  # of those who come to somebody alone there can be too few
    if line.fact != "answered" or line.answer not in _OWN_WORDS:
        return line.fact
    if line.duty == DutyKind.CARE and line.answer == AnswerKind.TAKE_OVER:
        return "answered_gives_care"
    return f"answered_{line.answer}"


_OWN_WORDS = (AnswerKind.TAKE_OVER, AnswerKind.ARRANGES, AnswerKind.HERE)
"""Answers of which a history says which it was."""


def _role(role: Role) -> Phrase:
    return say(f"role.{role.value}")
