"""The addresses that Slack calls, and that an administrator's browser is led through."""

PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
