"""One person under a new id: what they did under the one before stays theirs."""

from collections.abc import Iterator, Sequence

from bot.company import Person
from bot.directory import Directory
from bot.roster_merge import letters


def carried(people: Sequence[Person], before: Directory) -> tuple[Person, ...]:
    """The people of a new roster, each with the ids that they had in the one before, too.

    Whoever is on the way is named by their id alone, and would be nobody under another one. An id
    that the new roster gives to somebody is theirs.
    """
    given = {id for person in people for id in (person.id, *person.aliases)}
    found = []
    for person in people:
        ids = (id for was in _were(person, before) for id in (was.id, *was.aliases))
        earlier = tuple(dict.fromkeys(id for id in ids if id not in given))
        given.update(earlier)
        aliases = (*person.aliases, *earlier)
        found.append(person.model_copy(update={"aliases": aliases}) if earlier else person)
    return tuple(found)


def _were(person: Person, before: Directory) -> Iterator[Person]:
    """Who this person was: under the same id, with the same account or e-mail.

    An e-mail can be a shop's, and pass to the next who leads it: then the name is another one.
    """
    accounts = (before.by_account(*name.split(":", 1)) for name in person.all_accounts())
    yield from (was for was in (before.person(person.id), *accounts) if was is not None)
    was = before.by_email(person.email) if person.email else None
    if was is not None and letters(was.name.ja) == letters(person.name.ja):
        yield was
