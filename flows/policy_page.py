"""The policy as people read it: the employee's page, the cards, and the poster for customers."""

from datetime import date

from babel.dates import format_date

from flows.acts import ACTS, Act, Runbook
from flows.definition import DEFINITION_ELEMENTS
from flows.phrases import Own, Phrase, listed, say
from flows.policy import Contact, Policy, RunbookWording
from flows.screens import Bullets, CallLine, Element, Fact, Facts, Heading, Paragraph

POSTER_ORDER = (
    "ex.listen",
    "ex.dialogue",
    "ex.ask_understanding",
    "ex.record_calls",
    "ex.org_firm",
    "ex.stop_response",
    "ex.ban",
    "ex.suspend_tos",
    "ex.terminate",
    "ex.police_lawyer",
    "ex.publish",
)
"""From the open hand to the firm line; the public contact stands apart, below."""


def policy_page(policy: Policy) -> tuple[Element, ...]:
    """What an employee sees under "our policy"."""
    return (
        Heading(text=policy.title),
        Paragraph(text=policy.introduction, strong=True),
        *_contacts(policy),
        *_may_end(policy),
        *_cards(policy),
        *_promises(policy),
        *_meaning(policy),
        *_acts(policy),
        *_kept(policy),
        *_responsible(policy),
    )


def runbook_card(policy: Policy, runbook: Runbook) -> tuple[Element, ...]:
    """One type of act, with its name."""
    facts = Facts(items=runbook_facts(policy, runbook))
    return (Heading(text=say(f"runbook.{runbook}.name"), folded=True), facts)


def runbook_facts(policy: Policy, runbook: Runbook) -> tuple[Fact, Fact, Fact]:
    """What to say to one type of act, when to step back, and who ends it."""
    own = policy.runbooks.get(runbook, RunbookWording())
    key = f"runbook.{runbook}"
    step_back = say(
        f"{key}.step_back",
        amber=policy.thresholds.amber_minutes,
        red=policy.thresholds.red_minutes,
    )
    ending = "self" if runbook in policy.may_end["staff"] else "lead"
    return (
        Fact(label=say("policy.label.say"), value=own.say or say(f"{key}.say")),
        Fact(label=say("policy.label.step_back"), value=own.step_back or step_back),
        Fact(label=say("policy.label.end"), value=say(f"runbook.end.{ending}")),
    )


def customer_poster(policy: Policy) -> tuple[Element, ...]:
    """A short text for customers: welcome first, then what the company promises to do."""
    promised = [policy.commitments[id].name for id in POSTER_ORDER if id in policy.commitments]
    answers: tuple[Element, ...] = ()
    if promised:
        answers = (
            Heading(text=say("policy.poster.answers")),
            Bullets(items=tuple(promised)),
        )
    return (
        Heading(text=say("policy.poster.title")),
        Paragraph(text=say("policy.poster.welcome"), strong=True),
        Paragraph(text=say("policy.poster.people")),
        *answers,
        *_public_contact(policy),
        Paragraph(text=say("policy.poster.thanks")),
        Paragraph(text=policy.company),
    )


def _fold(title: Phrase) -> Heading:
    """A part that few need at once."""
    return Heading(text=title, folded=True)


def _may_end(policy: Policy) -> tuple[Element, ...]:
    allowed = policy.may_end["staff"]
    lead = "may_end_lead" if allowed else "may_end_none"
    names = tuple(say(f"runbook.{runbook}.name") for runbook in allowed)
    return (
        Heading(text=say("policy.page.may_end")),
        Paragraph(text=say(f"policy.page.{lead}")),
        *((Bullets(items=names),) if names else ()),
        Paragraph(text=say("policy.page.may_end_danger")),
    )


def _cards(policy: Policy) -> tuple[Element, ...]:
    """The cards of the types that this policy names."""
    named = {_type(act) for act in _active(policy)}
    cards = [runbook_card(policy, runbook) for runbook in Runbook if runbook in named]
    return (
        Heading(text=say("policy.page.runbooks")),
        *(element for card in cards for element in card),
    )


def _contacts(policy: Policy) -> tuple[Element, ...]:
    lines = [element for contact in policy.contacts.values() for element in _contact(contact)]
    return (Heading(text=say("policy.page.contacts")), *lines)


def _contact(contact: Contact) -> tuple[Element, ...]:
    lines: list[Element] = []
    if contact.phone:
        lines.append(CallLine(label=contact.name, phone=contact.phone))
        if contact.note:
            lines.append(Paragraph(text=contact.note))
    elif contact.note:
        text = say("policy.contact", name=contact.name, note=contact.note)
        lines.append(Paragraph(text=text))
    else:
        lines.append(Paragraph(text=contact.name))
    if contact.address:
        lines.append(Paragraph(text=contact.address))
    return tuple(lines)


def _public_contact(policy: Policy) -> tuple[Element, ...]:
    """Only what a customer can use: a pack without number or address shows nothing here."""
    public = policy.contacts.get("public")
    if not policy.promises("ex.contact") or not public or not (public.phone or public.address):
        return ()
    return (Heading(text=say("policy.poster.contact")), *_contact(public))


def _promises(policy: Policy) -> tuple[Element, ...]:
    sections: list[Element] = []
    for title, prefix in (("promises", "in."), ("answers", "ex.")):
        names = [
            wording.name for id, wording in policy.commitments.items() if id.startswith(prefix)
        ]
        if names:
            sections.append(_fold(say(f"policy.page.{title}")))
            sections.append(Bullets(items=tuple(names)))
    return tuple(sections)


def _meaning(policy: Policy) -> tuple[Element, ...]:
    elements = [
        Fact(label=say(f"policy.{element}"), value=policy.definition[element])
        for element in DEFINITION_ELEMENTS
        if element in policy.definition
    ]
    looked_at: list[Phrase] = [
        say("policy.page.criteria_person"),
        *policy.criteria.values(),
    ]
    return (
        _fold(say("policy.page.means")),
        Facts(items=tuple(elements)),
        _fold(say("policy.page.criteria")),
        Bullets(items=tuple(looked_at)),
    )


def _acts(policy: Policy) -> tuple[Element, ...]:
    rows = []
    for runbook in Runbook:
        names: list[Phrase] = [
            policy.act_name(act.id) for act in _active(policy) if _type(act) is runbook
        ]
        if names:
            rows.append(Fact(label=say(f"runbook.{runbook}.name"), value=listed(names)))
    return (
        _fold(say("policy.page.acts")),
        Facts(items=tuple(rows)),
        Paragraph(text=say("policy.page.acts_examples")),
    )


def _active(policy: Policy) -> list[Act]:
    return [act for act in ACTS.values() if policy.is_active(act.id)]


def _type(act: Act) -> Runbook:
    """The type that names the act; an effect on the work belongs to no type of its own."""
    return Runbook.OTHER if act.chip is None else act.runbook


def _kept(policy: Policy) -> tuple[Element, ...]:
    kept = policy.retention
    items = (
        say("policy.page.kept.closed", length=_span(kept.closed_days)),
        say("policy.page.kept.withdrawn", length=_span(kept.withdrawn_days)),
        say("policy.page.kept.help", length=_span(kept.help_days)),
        say("policy.page.kept.deleted"),
    )
    return (_fold(say("policy.page.kept")), Bullets(items=items))


def _span(days: int) -> Phrase:
    """In years where it is whole years: nobody counts to 1825."""
    years, over = divmod(days, 365)
    if years and not over:
        return say("policy.span.years", count=years)
    return say("policy.span.days", count=days)


def _responsible(policy: Policy) -> tuple[Element, ...]:
    header = policy.header
    rows: list[tuple[str, Phrase | None]] = [
        ("company", policy.company),
        ("owner", header.owner),
        ("signed_by", header.signed_by),
        ("established", _day(header.established) if header.established else None),
    ]
    facts = [Fact(label=say(f"policy.label.{id}"), value=value) for id, value in rows if value]
    return (_fold(say("policy.page.responsible")), Facts(items=tuple(facts)))


def _day(day: date) -> Own:
    return Own(
        ja=format_date(day, "y年M月d日", locale="ja"),
        en=format_date(day, "d MMMM y", locale="en"),
    )
