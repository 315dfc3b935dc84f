"""The one address that Slack calls."""

PATH = "/slack/events"
