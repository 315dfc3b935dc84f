"""The app manifest: what an administrator pastes into Slack, made from what the adapter uses."""

from adapters.slack.paths import PATH, REDIRECT_PATH
from adapters.slack.surface import BOT_EVENTS, COMMAND, SHORTCUT, scopes

EXAMPLE_URL = "https://mamori.example"
"""Stands in the manifest at the root of the project until an operator's own is filled in."""

_TEMPLATE = """\
# The Slack app of Mamori.{hint}
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
{redirects}  scopes:
    bot:
{scopes}
settings:
  event_subscriptions:
{request_url}    bot_events:
{events}
  interactivity:
    is_enabled: true
{request_url}  org_deploy_enabled: {several}
  socket_mode_enabled: {socket_mode}
  token_rotation_enabled: {several}
"""


def manifest(url: str | None, *, socket: bool = False, several: bool = False) -> str:
    """The manifest as YAML, for the address where Slack reaches this service.

    Without an address, or with `socket`, it is one for Socket Mode, where Slack calls none.
    `several` is for several workspaces or an organisation: their administrators' browsers are
    led back to the address, and tokens end after twelve hours and are renewed.
    """
    base = url.rstrip("/") if url is not None else None
    address = f"{base}{PATH}" if base is not None and not socket else None
    redirects = f"  redirect_urls:\n    - {base}{REDIRECT_PATH}\n" if several else ""
    fill_in = " Fill in your own address with: mamori manifest slack --url https://…"
    return _TEMPLATE.format(
        hint=fill_in if base == EXAMPLE_URL else "",
        shortcut=SHORTCUT,
        command=COMMAND,
        command_url=_line(6, "url", address),
        request_url=_line(4, "request_url", address),
        scopes=_list(6, sorted(scopes())),
        events=_list(6, sorted(BOT_EVENTS)),
        socket_mode="false" if address else "true",
        redirects=redirects,
        several="true" if several else "false",
    )


def chat_link(app_id: str) -> str:
    """Opens the app in Slack, whoever follows it; nothing in it says who did."""
    return f"https://slack.com/app_redirect?app={app_id}"


def _line(indent: int, key: str, value: str | None) -> str:
    return f"{' ' * indent}{key}: {value}\n" if value else ""


def _list(indent: int, items: list[str]) -> str:
    return "\n".join(f"{' ' * indent}- {item}" for item in items)
