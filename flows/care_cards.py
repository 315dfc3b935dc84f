"""The cards that ask for care: at the site, and of the desk where nobody there answered."""

from flows.answers import answers, answers_from_afar, answers_of_those_there
from flows.card_parts import place, progress, urgent_number
from flows.case_view import CaseView, DutyView, opened
from flows.chase import chase, no_hunting
from flows.commitments import DutyKind
from flows.phrases import Phrase, Verbatim, say
from flows.presses import Press, Verb
from flows.screens import Bullets, Button, Card, Element, Fact, Facts, Paragraph


def care_card(view: CaseView, duty: DutyView) -> Card:
    """What a site's managers are asked: care first, and how."""
    unnamed = view.report is not None and view.report.unnamed
    if (settled := _settled(view, duty)) is not None:
        return settled
    return Card(
        title=say("care.title"),
        body=(
            Paragraph(
                text=say("care.text_shift" if unnamed else "care.text", site=view.site.name),
                strong=True,
            ),
            *_again(duty),
            _steps(unnamed=unnamed),
            *(_after_a_call(view) if view.report is None else _by_name(view)),
            *progress(view, duty),
        ),
        buttons=care_answers(view, duty),
        footer=chase(view, duty),
    )


def _steps(*, unnamed: bool) -> Bullets:
    """What to do for one colleague, or for each on the shift where nobody may look for the one."""
    for_all = (say("care.shift.1"), say("care.shift.2"), say("care.step.3"))
    for_one = (say("care.step.1"), say("care.step.2"), say("care.step.3"))
    return Bullets(items=for_all if unnamed else for_one, numbered=True)


def care_from_afar(view: CaseView, duty: DutyView, person: str) -> Card:
    """What somebody at the desk is asked, once nobody at the site has answered.

    Who answered since stands there too, so that not two of them phone the site. Of a report that
    was taken back nothing is asked of them, though the site's own card goes on.
    """
    if (settled := _settled(view, duty)) is not None:
        return settled
    if view.state == "withdrawn":
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.withdrawn")),))
    return Card(
        title=say("care.title"),
        body=(
            Paragraph(text=_asked_from_afar(view, duty, person), strong=True),
            Facts(items=(Fact(label=say("help.card.number"), value=urgent_number(view)),)),
            *(() if duty.taken else _again(duty)),
            *_by_name(view),
            *progress(view, duty),
        ),
        buttons=(*answers_from_afar(duty, person), _cared(duty, "care.done")),
        footer=no_hunting(view, duty),
    )


def _asked_from_afar(view: CaseView, duty: DutyView, person: str) -> Phrase:
    if any(each.seat.person_id == person for each in duty.taken):
        return say("care.text_desk.yours", site=place(view))
    return say("care.text_desk.taken" if duty.taken else "care.text_desk", site=place(view))


def _after_a_call(view: CaseView) -> tuple[Element, ...]:
    """Whom to look after: the call's own card says no more who it was, once it is over."""
    caller = opened(view.sender).caller
    who = (Fact(label=say("care.who.caller"), value=caller),) if caller is not None else ()
    return (Facts(items=(*who, _number(view))),)


def care_answers(view: CaseView, duty: DutyView) -> tuple[Button, ...]:
    """What a site can answer, on the card and beside it alike: who gives care, or that it was
    given. After a call whoever came is there still."""
    unnamed = view.report is not None and view.report.unnamed
    called = view.duty(DutyKind.SECOND_PERSON) if view.report is None else None
    came = called is not None and called.reached
    goes = answers_of_those_there(duty) if came else answers(duty)
    return (*goes, _cared(duty, "care.done_shift" if unnamed else "care.done"))


def _number(view: CaseView) -> Fact:
    """Which case it is, where two of a kind may be asked about at once."""
    return Fact(label=say("help.card.number"), value=Verbatim(text=view.public_id))


def _settled(view: CaseView, duty: DutyView) -> Card | None:
    """Nothing is asked any more, or just now."""
    called = view.duty(DutyKind.SECOND_PERSON) if view.report is None else None
    if duty.state == "closed" and called is not None and not called.over:
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.called_again")),))
    if duty.state == "closed":
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.not_needed")),))
    if duty.over or duty.state == "said_done":
        return Card(title=say("care.title"), body=(Paragraph(text=say("care.recorded")),))
    return None


def _again(duty: DutyView) -> tuple[Element, ...]:
    """That this is asked anew: of an answer nothing came, or the employee said so."""
    return (Paragraph(text=say("care.again")),) if duty.anew else ()


def _by_name(view: CaseView) -> tuple[Element, ...]:
    """The reporter's name, where they chose to send with it."""
    typed = opened(view.sender).reporter_name
    if not typed:
        return ()
    name = say("care.who.typed", name=Verbatim(text=typed))
    return (Facts(items=(Fact(label=say("care.who"), value=name),)),)


def _cared(duty: DutyView, label: str) -> Button:
    return Button(label=say(label), press=Press(verb=Verb.CARED, subject=duty.id))
