"""The web: pages that need no account, no script and no other server."""
