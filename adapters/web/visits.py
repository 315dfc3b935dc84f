"""Who is at the other end: a visit, and the site whose poster led there."""

from dataclasses import dataclass

from aiohttp import web

from adapters.web.inbound import Form, visitor
from bot.case_work import Work
from bot.sealed_lists import Visitor


@dataclass(frozen=True)
class Visits:
    """Reads them from a request."""

    work: Work

    def site_id(self, token: str) -> str | None:
        """The site behind a poster's token; a revoked one simply leaves the site to be asked."""
        versions = {site.id: site.link_version for site in self.work.company.sites}
        return self.work.index.site_of(token, versions)

    def of(self, request: web.Request, form: Form) -> Visitor:
        """Whoever posted a form."""
        return visitor(request, self.site_id(form.site), form.language)

    def poster(self, request: web.Request) -> str:
        """The poster's token in an address; empty without one, and for a revoked one."""
        token = request.query.get("site", "")
        return token if self.site_id(token) else ""
