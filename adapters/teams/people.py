"""Teams' people: how each reads, and what each may do in a channel at this moment."""

from dataclasses import dataclass, field

from adapters.teams.inbound import FULL, Source
from adapters.teams.places import PLATFORM
from adapters.teams.transport import Lost, Place, Refused, Transport, Unsent
from bot.catalogue import Catalogue
from bot.company import Person
from bot.directory import Directory
from bot.sealed_lists import Visitor

KNOWN_LIMIT = 10_000
"""So many choices of a language are remembered at most."""


@dataclass(frozen=True)
class People:
    """Looks people up. Remembers nothing of what they did but the language they chose, until this
    process ends."""

    transport: Transport
    catalogue: Catalogue
    directory: Directory
    _chosen: dict[str, str] = field(default_factory=dict)

    def language(self, source: Source, asked: str = "") -> str:
        """The language for somebody: what they chose, else what their Teams speaks."""
        if asked in self.catalogue.languages:
            return asked
        return self._chosen.get(source.user) or self.catalogue.best_match(source.locale)

    def choose(self, source: Source, language: str) -> None:
        """Somebody's dialog is in this language: so is what the chat says from then on."""
        if language not in self.catalogue.languages:
            return
        if len(self._chosen) >= KNOWN_LIMIT:
            self._chosen.clear()
        self._chosen[source.user] = language

    def person(self, source: Source) -> Person | None:
        """Whoever of the roster has this account."""
        return self.directory.by_account(PLATFORM, source.user)

    def visitor(self, source: Source, asked: str = "") -> Visitor:
        """Whom a token is bound to: an account of the tenant."""
        person = self.person(source)
        one_site = person is not None and len(person.sites) == 1
        return Visitor(
            PLATFORM,
            source.tenant,
            source.user,
            person.sites[0] if person is not None and one_site else None,
            self.language(source, asked),
            person.id if person is not None else None,
            source.name,
            push=f"{PLATFORM}:@{source.user}",
        )

    async def is_member(self, source: Source) -> bool | None:
        """Whether somebody is in the channel now, as a full member of the company's tenant.

        No for guests and for members of another tenant. In a personal chat everybody is alone.
        None when Teams does not say: whoever asks must then let nothing happen.
        """
        if not source.channel:
            return True
        place = Place(source.service_url, source.channel, source.bot, source.tenant)
        try:
            found = await self.transport.member(place, source.account)
        except (Refused, Unsent, Lost):
            return None
        if found is None:
            return False
        named = str(found.get("aadObjectId") or found.get("objectId") or "").lower()
        tenant = str(found.get("tenantId") or "").lower()
        return (named, tenant, found.get("userRole")) == (source.user, source.tenant, FULL)
