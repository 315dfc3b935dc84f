"""A place as a conversation sees it at one moment."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.company import Site
from bot.directory import Directory
from flows.ladders import Role
from flows.policy import Policy
from flows.scene import Scene, SiteOption

_CAN_BE_KEPT_OUT = (
    Role.MANAGER,
    Role.DEPUTY,
    Role.AREA,
    Role.HQ,
    Role.DESK,
)


def site_option(directory: Directory, site: Site, *, by_name: bool = False) -> SiteOption:
    """A site, without its numbers of people.

    `by_name`: who asks is no stranger, and may see who can be kept out.
    """
    return SiteOption(
        id=site.id,
        name=site.name,
        area=site.area,
        location=site.location,
        channel_roles=directory.channel_roles(site),
        people=directory.can_be_kept_out(site) if by_name else (),
    )


def scene(
    directory: Directory,
    policy: Policy,
    now: datetime,
    site_id: str | None,
    typed: dict[str, str],
    *,
    by_name: bool = False,
    can_push: bool = False,
    own_names: tuple[str, ...] = (),
) -> Scene:
    """Where a conversation takes place at this moment.

    `by_name`: people can be kept out by name, not only by role.
    """
    sites = directory.company.sites
    return Scene(
        policy=policy,
        sites=tuple(site_option(directory, site, by_name=by_name) for site in sites),
        site_id=site_id,
        roles=tuple(role for role in _CAN_BE_KEPT_OUT if role in directory.roles),
        desk_roles=directory.desk_roles,
        second_desk=directory.has_second_desk,
        can_push=can_push,
        own_names=own_names,
        typed=typed,
        counted=partial(_counted, directory, now),
    )


def _counted(directory: Directory, now: datetime, option: SiteOption) -> SiteOption:
    site = next(site for site in directory.company.sites if site.id == option.id)
    fit, in_area = directory.headcount(site, now), directory.area_headcount(site, now)
    return replace(option, headcount=fit, area_headcount=in_area)
