"""`mamori sites qr`: printable posters that lead to a site's page or to the bot in a chat."""

from pathlib import Path
from typing import TextIO

from adapters.slack.manifest import chat_link as slack_link
from adapters.web.poster import poster_page
from bot.catalogue import Catalogue
from bot.company import Site, read_company
from bot.settings import Settings
from bot.wiring import read_policy
from flows.phrases import Phrase


def write_posters(settings: Settings, folder: Path, slack_app: str | None, out: TextIO) -> int:
    """Writes a printable page for each site, with the link to its first card.

    And one for each chat that the bot is in, with the link that opens it there: the same for
    everybody. Slack's needs the app's id; Teams' is a setting.
    """
    from adapters.teams.manifest import chat_link as teams_link

    company = read_company(settings.company)
    policy, catalogue = read_policy(company, settings.company), Catalogue.load()
    codes: list[tuple[str, Phrase | None, str, str]] = [
        (site.id, site.name, _page_of(settings, site), site.language) for site in company.sites
    ]
    chats = {"slack": (slack_app, slack_link), "teams": (settings.teams_app_id, teams_link)}
    language = company.sites[0].language
    codes.extend((name, None, link(app), language) for name, (app, link) in chats.items() if app)
    folder.mkdir(parents=True, exist_ok=True)
    for name, site_name, url, tongue in codes:
        page = poster_page(
            catalogue, site_name=site_name, url=url, policy_title=policy.title, language=tongue
        )
        path = folder / f"{name}.html"
        path.write_text(page, "utf-8")
        print(path, file=out)
    return 0


def _page_of(settings: Settings, site: Site) -> str:
    token = settings.index().site_token(site.id, site.link_version)
    return f"{settings.public_url}/s/{token}"
