"""Slack: translates between its requests and Block Kit and what Mamori means."""
