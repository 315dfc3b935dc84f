"""What somebody reads on their own page who is all of the desk that has their case."""

from flows.card_parts import roles
from flows.case_view import CaseView
from flows.phrases import say
from flows.screens import Element, Paragraph


def own_desk(view: CaseView) -> tuple[Element, ...]:
    """That nobody else is there, who is asked after them, and whom to talk to meanwhile."""
    if not view.own_desk:
        return ()
    if view.asked_after_desk and not view.nowhere:
        text = say("own_desk.next", roles=roles(view.asked_after_desk))
    else:
        text = say("own_desk.nobody")
    return (Paragraph(text=text, strong=True),)
