"""The channels of the web demo, kept the way a chat platform keeps its messages."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from bot.work_records import Post
from storage.sessions import Session
from storage.statements import Statement, given
from storage.tables import web_post

BY_KEY = Statement(select(web_post.c.id).where(web_post.c.key == bindparam("key")))
ADD = Statement(
    insert(web_post)
    .values(given("key", "channel", "thread", "content", "posted_at"))
    .returning(web_post.c.id)
)
EDIT = Statement(
    update(web_post)
    .where(web_post.c.id == bindparam("post_id"))
    .values(given("content", "edited_at"))
)
NEWEST = Statement(
    select(
        web_post.c.id,
        web_post.c.channel,
        web_post.c.thread,
        web_post.c.content,
        web_post.c.posted_at,
        web_post.c.edited_at,
    )
    .where(web_post.c.channel == bindparam("channel"))
    .order_by(web_post.c.id.desc())
    .limit(bindparam("most"))
)


class BoardRows:
    """The posts of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def post(
        self, key: str, channel: str, thread: str | None, content: str, at: datetime
    ) -> str:
        """Posts once per key: asked again, it answers with the post there is."""
        post_id = await self._session.value(BY_KEY, key=key)
        if post_id is None:
            post_id = await self._session.value(
                ADD,
                key=key,
                channel=channel,
                thread=None if thread is None else int(thread),
                content=content,
                posted_at=at,
            )
        return str(post_id)

    async def edit(self, post_id: str, content: str, at: datetime) -> bool:
        changed = await self._session.run(EDIT, post_id=int(post_id), content=content, edited_at=at)
        return bool(changed)

    async def posts(self, channel: str, limit: int) -> Sequence[Post]:
        """The newest `limit` posts of a channel, oldest first."""
        return [
            Post(
                id=str(post_id),
                channel=channel,
                thread=None if thread is None else str(thread),
                content=content,
                posted_at=posted_at,
                edited_at=edited_at,
            )
            for post_id, channel, thread, content, posted_at, edited_at in reversed(
                await self._session.rows(NEWEST, channel=channel, most=limit)
            )
        ]
