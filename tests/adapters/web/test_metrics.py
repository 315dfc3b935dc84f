"""The figures over HTTP, on a port of their own."""

from aiohttp import ClientSession

from adapters.web.metrics import metrics_served
from bot.case_records import CaseKind
from bot.metrics import Meter


async def test_prometheus_reads_the_figures_from_this_machine() -> None:
    meter = Meter()
    meter.opened(CaseKind.HELP)
    async with metrics_served(meter, 0) as port, ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/plain"
            assert 'mamori_cases_total{kind="help"} 1.0' in await answer.text()
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 404
