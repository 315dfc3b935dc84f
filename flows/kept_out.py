"""People whom a reporter keeps out by name, and what follows for the desk."""

from collections.abc import Iterator

from flows.assessment import Facts, Safety
from flows.given import Picked
from flows.phrases import say
from flows.policy import Policy
from flows.result import helplines
from flows.scene import PersonOption, Scene, SiteOption
from flows.screens import Ask, CallLine, Group, Option, Paragraph, Style

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


def desk_is_kept_out(scene: Scene, site: SiteOption, who: Picked) -> bool:
    """Whether somebody who reads the desk's channel is kept out."""
    by_role = bool({role.value for role in scene.desk_roles} & set(who["excluded"]))
    return by_role or any(person.reads_desk for person in kept_out(site, who))


def nobody_may_have_it(scene: Scene, site: SiteOption, who: Picked) -> bool:
    """Whether no desk of this company may see the report."""
    if not desk_is_kept_out(scene, site, who):
        return False
    # Who is at the second desk is there by name: a role that is kept out means the usual desk's.
    by_name = any(person.reads_second_desk for person in kept_out(site, who))
    return by_name or not scene.second_desk


def ask_elsewhere(scene: Scene, facts: Facts) -> Ask:
    """Nothing is sent: whom to call instead, and the way back."""
    return Ask(
        step="elsewhere",
        title=say("elsewhere.title"),
        body=(
            Paragraph(text=say("elsewhere.text"), strong=True),
            Paragraph(text=say("elsewhere.others")),
            *_outside_first(scene.policy),
        ),
        buttons=(
            Option(
                code="change",
                label=say("elsewhere.change"),
                style=Style.PRIMARY,
                goes_back=True,
            ),
        ),
        help_first=facts.safety is Safety.ONGOING,
    )


def _outside_first(policy: Policy) -> Iterator[CallLine]:
    """Every number of the pack; the company's own contact outside the desk large, and first."""
    named = (policy.contacts[id] for id in OUTSIDE if id in policy.contacts)
    own = next((contact.name for contact in named if contact.phone), None)
    for line in sorted(helplines(policy), key=lambda line: line.label != own):
        yield line.model_copy(update={"strong": line.label == own})
