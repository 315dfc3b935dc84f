"""Who will see what of a report, as its review says it before it is sent."""

from flows.given import Picked
from flows.kept_out import desk_is_kept_out, kept_out
from flows.ladders import AT_DESK
from flows.outcomes import Visibility
from flows.phrases import Phrase, listed, say
from flows.scene import Scene, SiteOption
from flows.screens import Fact


def who_sees_what(
    scene: Scene, site: SiteOption, who: Picked, *, going_on: bool
) -> tuple[Fact, ...]:
    """A line for the desk, one for the site, one for who is kept out, and one for all others; and
    where somebody at the sites is at the desk, too, a line that says so.

    `going_on`: it has not ended yet.
    """
    visibility, excluded = who["visibility"][0], who["excluded"]
    second = desk_is_kept_out(scene, site, who)
    desk = say("sees.second_desk") if second else say("sees.desk")
    at_site = _site_sees(site, who, going_on=going_on)
    rows = [
        Fact(label=desk, value=say(f"sees.desk.{visibility}")),
        Fact(label=say("sees.site", site=site.name), value=at_site),
    ]
    also = at_desk_too(scene)
    if also is not None and not second:
        rows.append(Fact(label=also, value=say("sees.also_desk")))
    roles = [say(f"role.{role.value}") for role in scene.roles if role.value in excluded]
    names: list[Phrase] = [*roles, *(person.name for person in kept_out(site, who))]
    if names:
        rows.append(Fact(label=listed(names), value=say("sees.excluded")))
    rows.append(Fact(label=say("sees.others"), value=say("sees.others.value")))
    return tuple(rows)


def at_desk_too(scene: Scene) -> Phrase | None:
    """The roles at the sites of whoever is at the desk, too; None where nobody is."""
    also = [role for role in scene.roles if role in scene.desk_roles - AT_DESK]
    return listed([say(f"role.{role.value}") for role in also]) if also else None


def _site_sees(site: SiteOption, who: Picked, *, going_on: bool) -> Phrase:
    """What the site's channel gets: nothing at all once an excluded person reads it.

    Where the desk alone has the name, the desk looks after who it is: the site can only stand by.
    Once it is over there is nothing left to ask of it, and who said yes reads why.
    """
    if who["site_may_know"] != ("y",):
        return say("sees.site.nothing")
    by_name = any(person.reads_site for person in kept_out(site, who))
    if by_name or {role.value for role in site.channel_roles} & set(who["excluded"]):
        return say("sees.site.excluded")
    if who["visibility"] == (Visibility.DESK_ONLY.value,) and not going_on:
        return say("sees.site.d_over")
    return say(f"sees.site.{who['visibility'][0]}")
