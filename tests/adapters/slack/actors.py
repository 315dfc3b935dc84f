"""The kinds of people who press something, and what a press of theirs comes to."""

from dataclasses import dataclass, replace

from flows.presses import Press
from tests.adapters.slack.office import TEAM, Office
from tests.fake_slack import Message, Person, User


@dataclass(frozen=True)
class Actor:
    """Somebody who presses on a card of a channel."""

    what: str
    id: str
    desk: bool = False
    """May act at the desk."""
    site: bool = False
    """May act at the site."""
    present: bool = True
    """Is in the channel at that moment."""
    flags: tuple[str, ...] = ()
    team: str = TEAM


ACTORS = (
    Actor("a desk member", "U0SATO", desk=True),
    Actor("the desk's lead", "U0MORI", desk=True),
    Actor("the site's manager", "U0TANAKA", site=True),
    Actor("the site's deputy", "U0YAMAMOTO", site=True),
    Actor("the area's manager", "U0TAKAHASHI", site=True),
    Actor("another site's manager", "U0ITO"),
    Actor("a desk member who left the channel", "U0SUZUKI", present=False),
    Actor("a desk member who sent the report", "U0SUZUKI"),
    Actor("an employee in the channel", "U0HANAKO"),
    Actor("an employee outside it", "U0JOHN", present=False),
    Actor("somebody on no list", "U0NOBODY"),
    Actor("a guest", "U0GUEST", flags=("restricted",)),
    Actor("a guest of one channel", "U0SINGLE", flags=("ultra_restricted",)),
    Actor("a stranger of a shared channel", "U0STRANGER", flags=("stranger",)),
    Actor("an account that was deactivated", "U0GONE", flags=("deleted",)),
    Actor("a bot", "U0ROBOT", flags=("bot",)),
    Actor("somebody of another workspace", "U0ABROAD", team="T0OTHER"),
    Actor("a desk member from another workspace", "U0SATO", team="T0OTHER"),
    Actor("the site's manager, deactivated", "U0TANAKA", flags=("deleted",)),
)


def comes(office: Office, actor: Actor, channel: str) -> Person:
    """The actor as they are at the moment of the press."""
    space = office.slack.space
    user = User(actor.id, actor.id[2:].title(), actor.team)
    names = {"restricted", "ultra_restricted", "stranger", "deleted", "bot"}
    space.add_user(replace(user, **{flag: True for flag in names & set(actor.flags)}))
    members = space.channels[channel].members
    members.add(actor.id) if actor.present else members.discard(actor.id)
    person = Person(office.slack, actor.id)
    person.team = actor.team
    return person


async def lines(office: Office) -> int:
    """How long the history of the newest case is."""
    async with office.service.work.storage.read() as tx:
        return len(await tx.history.of_case(office.cases[-1]))


async def presses(office: Office, person: Person, room: str, press: Press) -> bool:
    """Whether a press changed a history; what may not be done opens nothing either."""
    before = await lines(office)
    value = office.service.work.index.seal_press(press, f"slack:{room}")
    button = {"type": "button", "action_id": "press.card.0", "block_id": "b", "value": value}
    card = Message("1.1", room, "U0MAMORI", "", [])
    assert (await person.acts_in(card, button)).status == 200
    changed = await lines(office) != before
    assert changed or not person.has_modal
    person.closes()
    return changed
