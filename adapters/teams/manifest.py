"""The app package for a company's Teams: what `mamori manifest teams --out mamori.zip` writes.

A package is made for one registration, so nothing in it is shared between companies. Its
schema is Microsoft's, version 1.25: the first that lets an app work in private channels.
"""

import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from adapters.teams.words import Words
from bot.catalogue import Catalogue
from bot.ports import Clock
from flows.phrases import say

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.25/MicrosoftTeams.schema.json"
LOCALIZATION = SCHEMA.replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema")
MANIFEST_VERSION = "1.25"
FIRST_LANGUAGE, OTHER_LANGUAGES = "ja", ("en",)

ACCENT = "#2F5D50"
COLOR_SIZE, OUTLINE_SIZE = 192, 32
_DRAWN = 8
"""Drawn this many times larger and made smaller, which smooths the edges."""
_DATE = (2020, 1, 1, 0, 0, 0)
"""Of every file in the package, so that the same package is the same bytes."""


@dataclass(frozen=True)
class Registration:
    """What a package is made for."""

    app_id: str
    public_url: str
    company: str
    version: str
    """This program's: Teams takes a package again only when it is higher."""


def package(catalogue: Catalogue, clock: Clock, registration: Registration) -> bytes:
    """The package as a zip file."""
    texts = {
        language: _texts(Words(catalogue, language, clock.now()))
        for language in (FIRST_LANGUAGE, *OTHER_LANGUAGES)
    }
    files: dict[str, str | bytes] = {
        "manifest.json": _json(manifest(registration, texts[FIRST_LANGUAGE])),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
        **{f"{name}.json": _json(localized(texts[name])) for name in OTHER_LANGUAGES},
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content)
    return made.getvalue()


def write(path: Path, catalogue: Catalogue, clock: Clock, registration: Registration) -> None:
    """Writes the package."""
    path.write_bytes(package(catalogue, clock, registration))


def chat_link(app_id: str) -> str:
    """Opens the chat with the bot, whoever follows it; nothing in it says who did."""
    return f"https://teams.microsoft.com/l/chat/0/0?users=28:{app_id}"


def _texts(words: Words) -> dict[str, str]:
    """What people read of the app, by the names that the schema gives it."""
    found = {
        "name.short": say("teams.app.name"),
        "name.full": say("teams.app.full_name"),
        "description.short": say("teams.app.short"),
        "description.full": say("teams.app.text"),
    }
    commands = (
        (say("teams.help"), say("teams.command.help")),
        (say("first.check"), say("teams.command.check")),
    )
    texts = {name: words.text(phrase) for name, phrase in found.items()}
    for number, (title, description) in enumerate(commands):
        at = f"bots[0].commandLists[0].commands[{number}]"
        texts[f"{at}.title"] = words.text(title)
        texts[f"{at}.description"] = words.text(description)
    return texts


def manifest(registration: Registration, texts: dict[str, str]) -> dict[str, Any]:
    """The manifest in its first language."""
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": registration.version,
        "id": registration.app_id,
        "developer": {
            "name": registration.company[:32],
            "websiteUrl": registration.public_url,
            "privacyUrl": f"{registration.public_url}/policy",
            "termsOfUseUrl": f"{registration.public_url}/policy",
        },
        "name": {"short": texts["name.short"], "full": texts["name.full"]},
        "description": {"short": texts["description.short"], "full": texts["description.full"]},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [_bot(registration, texts)],
        "permissions": ["identity", "messageTeamMembers"],
        "supportsChannelFeatures": "tier1",
        "localizationInfo": {
            "defaultLanguageTag": FIRST_LANGUAGE,
            "additionalLanguages": [
                {"languageTag": name, "file": f"{name}.json"} for name in OTHER_LANGUAGES
            ],
        },
    }


def _bot(registration: Registration, texts: dict[str, str]) -> dict[str, Any]:
    commands = [
        {
            "title": texts[f"bots[0].commandLists[0].commands[{number}].title"],
            "description": texts[f"bots[0].commandLists[0].commands[{number}].description"],
        }
        for number in range(2)
    ]
    return {
        "botId": registration.app_id,
        "scopes": ["personal", "team"],
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [{"scopes": ["personal"], "commands": commands}],
    }


def localized(texts: dict[str, str]) -> dict[str, Any]:
    """The same texts in another language."""
    return {"$schema": LOCALIZATION, **texts}


def color_icon() -> bytes:
    """Two people, one behind the other, on the accent."""
    return _drawn(COLOR_SIZE, ACCENT, "#FFFFFF", margin=0.22)


def outline_icon() -> bytes:
    """The same in white alone."""
    return _drawn(OUTLINE_SIZE, None, "#FFFFFF", margin=0.06)


def _drawn(size: int, ground: str | None, ink: str, margin: float) -> bytes:
    large = size * _DRAWN
    image = Image.new("RGBA", (large, large), ground or (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    room = large * (1 - 2 * margin)

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        return [large * margin + room * part for part in (left, top, right, bottom)]

    for shift, scale in ((0.42, 0.8), (0.0, 1.0)):
        top = 1 - scale
        if shift:
            draw.ellipse(box(shift + 0.1, top, shift + 0.44, top + 0.34), fill=ink)
            draw.pieslice(box(shift, top + 0.4, shift + 0.54, 1.4), 180, 360, fill=ink)
        else:
            gap = ground or (255, 255, 255, 0)
            draw.ellipse(box(0.08, 0.02, 0.52, 0.46), fill=gap)
            draw.pieslice(box(-0.06, 0.44, 0.66, 1.56), 180, 360, fill=gap)
            draw.ellipse(box(0.12, 0.06, 0.48, 0.42), fill=ink)
            draw.pieslice(box(0.0, 0.5, 0.6, 1.5), 180, 360, fill=ink)
    return _png(image.resize((size, size), Image.Resampling.LANCZOS), white=ground is None)


def _png(image: Image.Image, *, white: bool) -> bytes:
    """As a file; `white` leaves nothing but white and its transparency, as Teams wants it."""
    if white:
        pure = Image.new("RGBA", image.size, (255, 255, 255, 0))
        pure.putalpha(image.getchannel("A"))
        image = pure
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
