"""The poster for a staff area: a code to scan, an address to type, and the police's number."""

from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adapters.web.words import Words
from bot.catalogue import LANGUAGE_NAMES, Catalogue
from flows.phrases import Phrase

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def poster_svg(url: str) -> Markup:
    """`url` as a QR code that survives a crease, drawn into the page itself."""
    code = segno.make(url, error="q", micro=False)
    svg = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704  drawn by the library from numbers alone


def poster_page(
    catalogue: Catalogue,
    *,
    site_name: Phrase | None,
    url: str,
    policy_title: Phrase,
    language: str,
) -> str:
    """An A4 page to print: `language` set large, the other languages below it.

    Without `site_name` the code leads to the bot in a chat, the same for every site and person.
    The page is a file that stands alone, opened by whoever prints it and served by nobody, so
    its style is written into it.
    """
    words = Words(catalogue, language)
    others = [
        (name.split("_")[0], Words(catalogue, name).own)
        for name, _ in LANGUAGE_NAMES
        if name != language
    ]
    return _TEMPLATES.get_template("poster.html").render(
        lang=language.split("_")[0],
        style=Markup((_HERE / "static" / "poster.css").read_text("utf-8")),  # noqa: S704  ours
        say=words.own,
        text=words.markup,
        code=poster_svg(url),
        site_name=site_name,
        way="free" if site_name is not None else "chat",
        policy_title=policy_title,
        short=url.partition("://")[2],
        others=others,
    )
