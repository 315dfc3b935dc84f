"""The app manifest: what an administrator pastes into Slack, made from what the adapter uses."""

from adapters.slack.paths import PATH
from adapters.slack.surface import BOT_EVENTS, COMMAND, SHORTCUT, scopes

EXAMPLE_URL = "https://mamori.example"
"""Stands in the manifest at the root of the project until an operator's own is filled in."""

_TEMPLATE = """\
# The Slack app of Mamori. Fill in your own address with: mamori manifest slack --url https://…
_metadata:
  major_version: 2
  minor_version: 1
display_information:
  name: Mamori
  description: Help, a short check and a report when a customer makes it hard.
  long_description: >-
    For employees who are having a hard time with a customer. Get help at once, check in about
    a minute whether the company's policy covers it, and report to the consultation desk, with
    or without a name. Everything is answered in dialogs that only you see. Managers are asked
    to care and to stand by until somebody does. Nothing is kept until you send.
  background_color: "#2f4a3f"
features:
  app_home:
    home_tab_enabled: true
    messages_tab_enabled: true
    messages_tab_read_only_enabled: false
  bot_user:
    display_name: Mamori
    always_online: true
  shortcuts:
    - name: Mamori
      type: global
      callback_id: {shortcut}
      description: Open the memo
  slash_commands:
    - command: {command}
{command_url}      description: Open the memo
      should_escape: false
oauth_config:
  scopes:
    bot:
{scopes}
settings:
  event_subscriptions:
{request_url}    bot_events:
{events}
  interactivity:
    is_enabled: true
{request_url}  org_deploy_enabled: false
  socket_mode_enabled: {socket_mode}
  token_rotation_enabled: false
"""


def manifest(url: str | None) -> str:
    """The manifest as YAML, for the address where Slack reaches this service.

    Without an address it is one for Socket Mode, where Slack needs none.
    """
    address = f"{url.rstrip('/')}{PATH}" if url is not None else None
    return _TEMPLATE.format(
        shortcut=SHORTCUT,
        command=COMMAND,
        command_url=_line(6, "url", address),
        request_url=_line(4, "request_url", address),
        scopes=_list(6, sorted(scopes())),
        events=_list(6, sorted(BOT_EVENTS)),
        socket_mode="false" if address else "true",
    )


def _line(indent: int, key: str, value: str | None) -> str:
    return f"{' ' * indent}{key}: {value}\n" if value else ""


def _list(indent: int, items: list[str]) -> str:
    return "\n".join(f"{' ' * indent}- {item}" for item in items)
