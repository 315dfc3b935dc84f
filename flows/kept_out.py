"""People whom a reporter keeps out by name, and what follows for the desk."""

from flows.assessment import Facts, Safety
from flows.ladders import AT_DESK
from flows.phrases import say
from flows.scene import PersonOption, Scene, SiteOption
from flows.screens import (
    Ask,
    CallLine,
    Element,
    Group,
    Option,
    Paragraph,
    Picked,
    Style,
    buttons,
)

OUTSIDE = ("outside", "public", "experts")
"""Contacts of a pack that are nobody of the company's desk, the best first."""


def people_to_keep_out(site: SiteOption) -> tuple[Group, ...]:
    """The question by name, where names may be shown."""
    if not site.people:
        return ()
    options = tuple(
        Option(code=person.code, label=person.name, hint=say(f"role.{person.role.value}"))
        for person in site.people
    )
    label = say("who.excluded_people")
    return (Group(id="people", label=label, options=options, many=True, folded=True),)


def kept_out(site: SiteOption, who: Picked) -> tuple[PersonOption, ...]:
    """Whom the reporter kept out by name."""
    return tuple(person for person in site.people if person.code in who.get("people", ()))


def desk_is_kept_out(site: SiteOption, who: Picked) -> bool:
    """Whether somebody who reads the desk's channel is kept out."""
    by_role = bool({role.value for role in AT_DESK} & set(who["excluded"]))
    return by_role or any(person.reads_desk for person in kept_out(site, who))


def nobody_may_have_it(scene: Scene, site: SiteOption, who: Picked) -> bool:
    """Whether no desk of this company may see the report."""
    return desk_is_kept_out(site, who) and not scene.second_desk


def ask_elsewhere(scene: Scene, facts: Facts) -> Ask:
    """Nothing is sent: whom to call instead, and the way back."""
    contacts = scene.policy.contacts
    found = next((contacts[id] for id in OUTSIDE if id in contacts and contacts[id].phone), None)
    call: tuple[Element, ...] = ()
    if found is not None and found.phone is not None:
        call = (CallLine(label=found.name, phone=found.phone, strong=True),)
    return Ask(
        step="elsewhere",
        title=say("elsewhere.title"),
        body=(
            Paragraph(text=say("elsewhere.text"), strong=True),
            *(call or (Paragraph(text=say("elsewhere.no_contact")),)),
        ),
        buttons=buttons(("change", "elsewhere.change"), style=Style.PRIMARY),
        help_first=facts.safety is Safety.ONGOING,
    )
