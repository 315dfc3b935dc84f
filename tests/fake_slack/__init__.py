"""A Slack to test against: an HTTP server as strict as the real one, and the people in it.

Knows nothing of Mamori. Time is an argument; nothing here waits for it.
"""

from tests.fake_slack.faults import Fault, Kind
from tests.fake_slack.installing import CLIENT_ID, CLIENT_SECRET, Grant
from tests.fake_slack.people import Person
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import Channel, Message, User, View, Workspace

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "Channel",
    "FakeSlack",
    "Fault",
    "Grant",
    "Kind",
    "Message",
    "Person",
    "User",
    "View",
    "Workspace",
]
