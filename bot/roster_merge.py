"""From drafts to people: the same e-mail is the same person, and each account is one person's."""

import unicodedata
from collections.abc import Iterable

from bot.company import Company, Person
from bot.roster_drafts import TWO_ROLES, Draft, Findings
from flows.ladders import Role
from flows.phrases import Own

AT_A_SITE = (Role.STAFF, Role.MANAGER, Role.DEPUTY)
"""Whose site must be written, unless the company has one only: nobody works at all of them."""


def merged(drafts: Iterable[Draft], company: Company, found: Findings) -> tuple[Person, ...]:
    """Everybody, each once; what is missing or contradicts itself is added to what was found."""
    by_email: dict[str, Draft] = {}
    people = [draft for draft in drafts if not _merges(draft, by_email, found)]
    _check_accounts(people, found)
    complete = [draft for draft in people if _is_complete(draft, company, found)]
    if not people and not found.problems:
        fix = "A roster replaces the one before as a whole; write a row for each person"
        found.wrong(1, "", "nobody is listed", fix)
    return () if found.problems else tuple(_person(draft, company) for draft in complete)


def _merges(draft: Draft, by_email: dict[str, Draft], found: Findings) -> bool:
    """Whether the draft is somebody met before, under another id. The first id stands."""
    email = draft.value("email")
    if email is None:
        return False
    first = by_email.setdefault(email, draft)
    if first is draft:
        return False
    _compare(first, draft, found)
    first.said = {**draft.said, **first.said}
    first.accounts |= draft.accounts
    first.sites |= draft.sites
    first.shifts |= draft.shifts
    first.refused |= draft.refused
    first.aliases.append(draft.id)
    return True


def _compare(first: Draft, other: Draft, found: Findings) -> None:
    """Two ids with one e-mail must be one person by everything else that they say."""
    if "name" in first.said and "name" in other.said:
        (name, _), (other_name, _) = first.said["name"], other.said["name"]
        if letters(name) != letters(other_name):
            wrong = f"line {first.said['email'][1]} has the same e-mail under another name"
            fix = "One e-mail is one person: write one name, or leave a shared mailbox out"
            found.wrong(other.said["email"][1], "email", wrong, fix)
            return
    if "role" in first.said and "role" in other.said:
        (role, line), (other_role, other_line) = first.said["role"], other.said["role"]
        if role != other_role:
            wrong = f"not what line {line} says of the person with the same e-mail"
            found.wrong(other_line, "role", wrong, TWO_ROLES)


def letters(name: str) -> str:
    """A name without what two systems write differently: width, spaces, capitals."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _check_accounts(people: Iterable[Draft], found: Findings) -> None:
    owners: dict[str, tuple[Draft, int]] = {}
    for draft in people:
        for account, line in draft.accounts.items():
            owner, first = owners.setdefault(account, (draft, line))
            if owner is not draft:
                column = "slack_id" if account.startswith("slack:") else "entra_id"
                wrong = f"also that of {owner.id} in line {first}"
                fix = (
                    "An account is one person's; if the two are one, write one row, with both roles"
                    ' where one is at the desk, such as "manager; desk"'
                )
                found.wrong(line, column, wrong, fix)


def _is_complete(draft: Draft, company: Company, found: Findings) -> bool:
    missing = [
        column
        for column in ("name", "role")
        if column not in draft.said and column not in draft.refused
    ]
    for column in missing:
        fix = f"Write the {column} in the person's first row"
        found.wrong(draft.line, column, "missing", fix)
    role = (draft.value("role") or (None,))[0]
    homeless = role in AT_A_SITE and not draft.sites and "site" not in draft.refused
    if homeless and len(company.sites) > 1:
        fix = "Write the id of the site; only area, hq and desk may leave it out"
        found.wrong(draft.line, "site", f"missing for somebody with the role {role}", fix)
    return not missing


def _person(draft: Draft, company: Company) -> Person:
    name, (role, *second) = draft.value("name"), draft.value("role")
    sites = tuple(draft.sites)
    if role in AT_A_SITE and not sites:
        sites = (company.sites[0].id,)
    slack = [account for account in draft.accounts if account.startswith("slack:")]
    teams = [account for account in draft.accounts if account.startswith("teams:")]
    return Person(
        id=draft.id,
        name=Own(ja=name, en=name),
        role=role,
        second_role=second[0] if second else None,
        sites=sites,
        phone=draft.value("phone"),
        slack_id=_first(slack),
        entra_id=_first(teams),
        email=draft.value("email"),
        shifts=tuple(draft.shifts),
        aliases=tuple(draft.aliases),
        accounts=(*slack[1:], *teams[1:]),
    )


def _first(accounts: list[str]) -> str | None:
    return accounts[0].partition(":")[2] if accounts else None
