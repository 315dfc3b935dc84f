"""What a load balancer and an alarm ask: does it live, can it take a report, is all on its way."""

from dataclasses import dataclass

from aiohttp import web

from bot.health import Health


@dataclass(frozen=True)
class HealthChecks:
    """The handlers."""

    health: Health

    def add_routes(self, app: web.Application) -> None:
        """Adds the routes."""
        app.add_routes(
            [
                web.get("/health/live", self.alive),
                web.get("/health/ready", self.ready),
                web.get("/health/audit", self.audit),
            ]
        )

    async def alive(self, request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"live": True})

    async def ready(self, request: web.Request) -> web.Response:
        """A report can be taken now."""
        ready = await self.health.ready()
        return web.json_response({"ready": ready}, status=200 if ready else 503)

    async def audit(self, request: web.Request) -> web.Response:
        """Whether everything that is owed is on its way. Counts only."""
        health = self.health.audit()
        said: dict[str, object] = {"good": health.good, "age_seconds": health.age_seconds}
        if health.found is not None:
            said["findings"] = health.found.findings()
            said["exhausted_duties"] = health.found.exhausted_duties
        return web.json_response(said, status=200 if health.good else 503)
