"""A person at a page without a browser: reads the HTML, presses what is there."""

from html.parser import HTMLParser
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, CookieJar, FormData
from yarl import URL


class _Reader(HTMLParser):
    """The forms, links and visible text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, object]] = []
        self.text: list[str] = []
        self.buttons: list[dict[str, str]] = []
        self._button: dict[str, str] | None = None
        self._label: dict[str, str] | None = None
        self.labels: dict[str, str] = {}
        self._area: str | None = None
        self.apart: dict[str, list[tuple[str, str]]] = {}
        """The fields that belong to a form elsewhere on the page, by its id."""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": []})
        elif tag == "input" and "form" in given:
            sent = (given.get("name", ""), given.get("value", ""))
            self.apart.setdefault(given["form"], []).append(sent)
        elif tag == "input" and self.forms:
            self._field(given)
        elif tag == "textarea" and self.forms:
            self._area = given.get("name", "")
            self._field({"name": self._area, "value": "", "type": "textarea"})
        elif tag == "button":
            self._button = {**given, "form": str(len(self.forms) - 1), "text": ""}

    def _field(self, given: dict[str, str]) -> None:
        fields = self.forms[-1]["fields"]
        assert isinstance(fields, list)
        fields.append(given)

    def _field_now(self) -> dict[str, str]:
        fields = self.forms[-1]["fields"]
        assert isinstance(fields, list)
        field: dict[str, str] = fields[-1]
        return field

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None:
            self._button["text"] = " ".join(self._button["text"].split())
            self.buttons.append(self._button)
            self._button = None
        if tag == "textarea" and self._area is not None:
            self._field_now()["value"] = self._field_now()["value"].removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button["text"] += data
        if self._area is not None:
            self._field_now()["value"] += data
        self.text.append(data)


class Page:
    """One answer of the server, as somebody sees it."""

    def __init__(self, status: int, body: str) -> None:
        self.status = status
        self.body = body
        self._read = _Reader()
        self._read.feed(body)
        self.text = " ".join(" ".join(self._read.text).split())

    @property
    def buttons(self) -> list[dict[str, str]]:
        """Every button, in order."""
        return self._read.buttons

    def form(self, number: int) -> tuple[str, list[tuple[str, str]]]:
        """A form's address and what it sends when nothing is changed."""
        form = self._read.forms[number]
        fields = form["fields"]
        assert isinstance(fields, list)
        sent = [
            (field["name"], field.get("value", "on"))
            for field in fields
            if field.get("name")
            and (field.get("type") not in ("radio", "checkbox") or "checked" in field)
        ]
        return str(form["action"]), sent

    def apart(self, form: str) -> list[tuple[str, str]]:
        """What a form sends whose fields stand elsewhere on the page."""
        return self._read.apart[form]

    def hidden(self, name: str) -> str:
        """The value of the first field of this name."""
        for form in self._read.forms:
            fields = form["fields"]
            assert isinstance(fields, list)
            for field in fields:
                if field.get("name") == name:
                    return str(field.get("value", ""))
        raise LookupError(name)


class Person:
    """Somebody with a browser that has cookies and no scripts."""

    def __init__(self, base: str, language: str = "ja") -> None:
        self._base = base
        self._language = language
        self.page = Page(0, "")
        self.presses = 0

    async def __aenter__(self) -> Self:
        # As over TLS: outside the demo a visit's cookie goes over nothing else.
        jar = CookieJar(unsafe=True, treat_as_secure_origin=URL(self._base))
        self._session = ClientSession(cookie_jar=jar, headers={"Accept-Language": self._language})
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def opens(self, path: str) -> Page:
        """Goes to an address."""
        async with self._session.get(self._base + path) as answer:
            self.page = Page(answer.status, await answer.text())
        return self.page

    async def posts(self, path: str, fields: list[tuple[str, str]]) -> Page:
        """Sends fields, as a form would."""
        form = FormData(default_to_multipart=True)
        for name, value in fields:
            form.add_field(name, value)
        async with self._session.post(self._base + path, data=form) as answer:
            self.page = Page(answer.status, await answer.text())
        return self.page

    async def adds(self, *files: bytes, name: str = "photo.jpg") -> Page:
        """Chooses files on the page for them, and sends them."""
        form = FormData(default_to_multipart=True)
        for field, value in self.page.apart("add"):
            if field != "file":
                form.add_field(field, value)
        for file in files:
            form.add_field("file", file, filename=name, content_type="image/jpeg")
        async with self._session.post(f"{self._base}/files", data=form) as answer:
            self.page = Page(answer.status, await answer.text())
        return self.page

    def finds(self, *, value: str | None = None, text: str | None = None) -> dict[str, str]:
        """The first button with this value or text; LookupError when there is none."""
        for button in self.page.buttons:
            if value is not None and button.get("value") == value:
                return button
            if text is not None and text in button["text"]:
                return button
        raise LookupError(f"no button {value or text!r} on: {self.page.text[:400]}")

    async def presses_button(
        self,
        *,
        value: str | None = None,
        text: str | None = None,
        change: dict[str, str | list[str]] | None = None,
    ) -> Page:
        """Presses the first button with this value or text, after changing some fields."""
        button = self.finds(value=value, text=text)
        action, fields = self.page.form(int(button["form"]))
        for name, new in (change or {}).items():
            values = [new] if isinstance(new, str) else new
            fields = [f for f in fields if f[0] != name] + [(name, v) for v in values]
        if button.get("name"):
            fields.append((button["name"], button.get("value", "")))
        self.presses += 1
        return await self.posts(button.get("formaction") or action, fields)
