"""`mamori serve` with Slack's tokens set: the real service, from its settings, in one process."""

from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from adapters.slack.api import Api
from bot.serving import listen, running
from bot.wiring import build
from tests.adapters.slack.office import COMPANY, said
from tests.fake_slack import FakeSlack, Person, User
from tests.support.world import FakeClock, SeededEntropy, settings


async def test_a_service_with_slacks_tokens_answers_slack_and_the_web(
    tmp_path: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    async with FakeSlack(lambda: clock.now().timestamp()) as slack:
        slack.space.add_user(User("U0JOHN", "John", slack.space.team, locale="en-US"))
        monkeypatch.setattr(
            "adapters.slack.joining.Api", lambda tokens: Api(tokens, base_url=slack.api_url)
        )
        given = settings(tmp_path, company=COMPANY).model_copy(
            update={
                "slack_bot_token": SecretStr(slack.token),
                "slack_signing_secret": SecretStr(slack.signing_secret),
            }
        )
        service = build(given, clock=clock, entropy=SeededEntropy())
        async with running(service, listen("127.0.0.1", 0)) as port:
            base = f"http://127.0.0.1:{port}"
            slack.app_url = f"{base}/slack/events"
            john = Person(slack, "U0JOHN")
            await john.commands("/mamori")
            assert said("en", "first.question") in john.modal.read
            async with ClientSession() as session, session.get(f"{base}/health/live") as live:
                assert live.status == 200
