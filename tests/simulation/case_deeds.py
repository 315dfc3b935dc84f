"""What people did on one case, as deeds on its duties."""

from collections.abc import Iterator

from flows.presses import Verb
from tests.simulation.identity import DutyName
from tests.simulation.ledger import NEVER, Act
from tests.simulation.promise import Deed, Done

COMES = (Verb.COMING, Verb.TAKE_OVER, Verb.ARRANGES, Verb.HERE)
ANSWERS = (*COMES, Verb.CANNOT)
MAY_HAVE_BEEN_REFUSED = (*ANSWERS, Verb.OVER, Verb.CARE_NOT_YET)
"""What can be refused while the duty goes on. That it came before says then too little."""

_ENDED_BY_CASE_PRESS = {
    Verb.TAKE: ("take",),
    Verb.REPLY: ("reply",),
    Verb.TELL_OUTCOME: ("reply", "outcome"),
    Verb.MEASURE: ("recurrence",),
    Verb.RESPOND: ("external_response",),
    Verb.FINE_NOW: ("second_person", "take"),
    Verb.MISTAKE: ("second_person", "take", "care"),
}

_ASKED_BY_A_LETTER = ("follow_up", "reply")
"""Whether it is asked anew hangs on the words, and on who had been asked or had taken the case."""


def deeds(act: Act, duty: DutyName, *, hidden: bool) -> Iterator[Done]:
    """What one act did to one duty of its case."""
    if act.reach.began == NEVER:
        return  # it never arrived
    deed = _meant(Verb(act.verb), act, duty, hidden=hidden)
    if deed is None:
        return
    if not act.reach.answered or (came_before(act) and act.verb in MAY_HAVE_BEEN_REFUSED):
        deed = Deed.UNKNOWN
    elif not act.recorded and not came_before(act):
        return
    minutes = int(act.detail) if act.verb == Verb.COMING and act.detail.isdigit() else 0
    yield Done(deed, act.reach.began, act.reach.until, act.who, minutes)


def came_before(act: Act) -> bool:
    """The press was answered with "already": one of its copies had arrived before."""
    return act.reach.copies > 1 and act.notice == "press.already"


def _meant(verb: Verb, act: Act, duty: DutyName, *, hidden: bool) -> Deed | None:
    if act.subject == duty.id:
        return _on_duty(verb, duty, hidden=hidden)
    if verb is Verb.WITHDRAW and duty.kind == "follow_up":
        return None  # somebody in danger is spoken with all the same
    if verb is Verb.WITHDRAW:
        return None if hidden and duty.owner == "site" else Deed.ENDS
    if verb is Verb.CARE_NOT_YET and duty.kind == "follow_up":
        # With a name it is so where somebody at the site says that they gave care.
        return Deed.ONE_MORE if hidden else Deed.UNKNOWN
    if verb is Verb.RESUME or (verb is Verb.WRITE and duty.kind in _ASKED_BY_A_LETTER):
        return Deed.UNKNOWN
    if verb is Verb.STILL_NEEDED and duty.kind == "second_person":
        return Deed.EVERYBODY
    if verb is Verb.STILL_NEEDED:  # the desk is asked anew, and care is owed anew when it ends
        return Deed.UNKNOWN
    return Deed.ENDS if duty.kind in _ENDED_BY_CASE_PRESS.get(verb, ()) else None


def _on_duty(verb: Verb, duty: DutyName, *, hidden: bool) -> Deed | None:
    if verb in (Verb.CARE_HAPPENED, Verb.CARE_NOT_YET):
        if hidden and duty.owner == "site":
            return None
        return Deed.ENDS if verb is Verb.CARE_HAPPENED else Deed.AGAIN
    if verb is Verb.SAFE_NOW:  # some random time later, where the site may not know who said so
        return Deed.UNKNOWN if hidden else Deed.ENDS
    if verb is Verb.DUTY_DONE and duty.kind == "care":
        return Deed.SAID_DONE
    if verb is Verb.NOT_DONE:  # asked anew, or its day comes again
        return Deed.UNKNOWN
    simple = {
        Verb.COMING: Deed.COMES,
        Verb.TAKE_OVER: Deed.COMES,
        Verb.ARRANGES: Deed.COMES,
        Verb.HERE: Deed.IS_THERE,
        Verb.CANNOT: Deed.CANNOT,
        Verb.CARED: Deed.SAID_DONE,
        Verb.OVER: Deed.ENDS,
        Verb.DUTY_DONE: Deed.ENDS,
        Verb.NOT_NEEDED: Deed.ENDS,
    }
    return simple.get(verb)
