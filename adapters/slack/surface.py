"""Everything of Slack that this adapter touches. The manifest is compared with it."""

COMMAND = "/mamori"
SHORTCUT = "mamori_open"

BOT_EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "channel_shared",
    "channel_unshared",
    "message.im",
    "tokens_revoked",
)
"""Subscribed to, and each with a listener behind it."""

WRITES: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""Methods that change what somebody sees, with the scopes that each needs."""

READS: dict[str, tuple[str, ...]] = {
    "apps.connections.open": (),
    "auth.test": (),
    "conversations.history": ("groups:history", "im:history"),
    "conversations.info": ("groups:read",),
    "conversations.members": ("groups:read",),
    "conversations.open": ("im:write",),
    "conversations.replies": ("groups:history", "im:history"),
    "oauth.v2.access": (),
    "users.info": ("users:read",),
}
"""Methods that only look."""

LISTENING_SCOPES = {"commands", "im:history"}
"""What the command and direct messages need."""

READ_BACK_SCOPES = frozenset({"groups:history", "im:history", "im:write"})
"""With these, a message whose answer was lost is looked for before it is sent again."""


def scopes() -> frozenset[str]:
    """Every scope that the adapter has a use for."""
    needed = {scope for known in (WRITES, READS) for some in known.values() for scope in some}
    return frozenset(needed | LISTENING_SCOPES)
