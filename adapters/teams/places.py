"""Channels as the company wrote them, and as Teams names them, with who is alerted in which.

"teams:19:…@thread.tacv2" is a channel, by the id in its link, and "teams:@" with somebody's
Entra id the personal chat with them.
"""

from adapters.teams.cards import Mention
from adapters.teams.words import Words
from bot.company import Company
from bot.directory import Directory
from flows.screens import Card

PLATFORM = "teams"


class Places:
    """Looks up the company's channels."""

    def __init__(self, company: Company) -> None:
        self._company = company
        sites = (site.channel for site in company.sites)
        self._known = frozenset((*sites, *company.desk_channels))

    def knows(self, address: str) -> bool:
        """Whether the company names this channel."""
        return address in self._known

    def language(self, address: str) -> str:
        """The language of a channel."""
        return self._company.language_of(address)


def mentions(directory: Directory, card: Card, words: Words) -> tuple[Mention, ...]:
    """Whom a card alerts; who has no account here is still named by role."""
    found = []
    for person_id in card.mentions:
        person = directory.person(person_id)
        account = directory.account(person, PLATFORM) if person else None
        if person is not None and account:
            found.append(Mention(account, words.text(person.name)))
    return tuple(found)
