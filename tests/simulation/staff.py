"""A report sent from a chat platform, which knows who sends it: the last press, and no more."""

from random import Random

from bot.company import Company, Site
from flows.acts import Chip
from flows.assessment import Effect, Safety, assess
from flows.ladders import Role
from flows.outcomes import Filing, Report, Visibility, When

KEPT_OUT = (Role.MANAGER, Role.DEPUTY, Role.AREA, Role.HQ)


def a_filing(chance: Random, site: Site) -> Filing:
    """What somebody answered and chose, as the review screen hands it over."""
    visibility = chance.choice(list(Visibility))
    unnamed = visibility is Visibility.UNNAMED
    report = Report(
        site_id=site.id,
        safety=chance.choice((Safety.ONGOING, Safety.OVER, Safety.OVER)),
        chips=(chance.choice(list(Chip)),),
        effects=(chance.choice(list(Effect)),),
        demand=None,
        length=None,
        after_stop=None,
        injured=chance.random() < 0.05,
        per_se=(),
        visibility=visibility,
        site_may_know=chance.random() < 0.7,
        excluded=(chance.choice(KEPT_OUT),) if chance.random() < 0.1 else (),
        when=chance.choice((None, *When)),
        name_site=not unnamed,
        send_now=not unnamed or chance.random() < 0.5,
    )
    return Filing(report=report, assessment=assess(report.facts()))


def choices(filing: Filing) -> dict[str, list[str]]:
    """The same, as the codes of the screens."""
    report = filing.report
    return {
        "safe": [report.safety.value],
        "visibility": [report.visibility.value],
        "site_may_know": ["y" if report.site_may_know else "n"],
        "excluded": [role.value for role in report.excluded],
        "leaving": ["now" if report.send_now else "later"],
    }


def a_sender(chance: Random, company: Company, site: Site) -> str | None:
    """Who sends it: now and then somebody who stands on the site's own ladders."""
    people = [person.id for person in company.people if site.id in person.sites]
    return chance.choice(people) if people and chance.random() < 0.4 else None
