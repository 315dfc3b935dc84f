"""The channels of the web demo, kept the way a chat platform keeps its messages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.records import Post
from storage.tables import web_post


class BoardRows:
    """The posts of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def post(
        self, key: str, channel: str, thread: str | None, content: str, at: datetime
    ) -> str:
        """Posts once per key: asked again, it answers with the post there is."""
        found = await self._connection.scalar(select(web_post.c.id).where(web_post.c.key == key))
        if found is not None:
            return str(found)
        added = await self._connection.execute(
            insert(web_post)
            .values(
                key=key,
                channel=channel,
                thread=None if thread is None else int(thread),
                content=content,
                posted_at=at,
            )
            .returning(web_post.c.id)
        )
        return str(added.scalar_one())

    async def edit(self, post_id: str, content: str, at: datetime) -> bool:
        changed = await self._connection.execute(
            update(web_post)
            .where(web_post.c.id == int(post_id))
            .values(content=content, edited_at=at)
        )
        return bool(changed.rowcount)

    async def posts(self, channel: str, limit: int) -> Sequence[Post]:
        """The newest `limit` posts of a channel, oldest first."""
        rows = await self._connection.execute(
            select(web_post)
            .where(web_post.c.channel == channel)
            .order_by(web_post.c.id.desc())
            .limit(limit)
        )
        return [
            Post(
                id=str(row["id"]),
                channel=row["channel"],
                thread=None if row["thread"] is None else str(row["thread"]),
                content=row["content"],
                posted_at=row["posted_at"],
                edited_at=row["edited_at"],
            )
            for row in reversed(rows.mappings().all())
        ]
