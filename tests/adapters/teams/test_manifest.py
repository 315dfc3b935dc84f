"""The app package: what Teams asks of one, in both languages, with icons drawn here."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from adapters.teams.manifest import Registration, package
from bot.catalogue import Catalogue
from tests.support.world import FakeClock

APP = "11111111-2222-3333-4444-555555555555"
REGISTRATION = Registration(APP, "https://mamori.example", "ひなた食品館", "1.0.0")
LIMITS = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4000}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    made = package(Catalogue.load(), FakeClock(), REGISTRATION)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def manifest(files: dict[str, bytes]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files["manifest.json"])
    return read


def test_everything_stands_at_the_root_of_the_package(files: dict[str, bytes]) -> None:
    assert set(files) == {"manifest.json", "en.json", "color.png", "outline.png"}


def test_the_same_registration_makes_the_same_bytes() -> None:
    catalogue = Catalogue.load()
    first, second = (package(catalogue, FakeClock(), REGISTRATION) for _ in range(2))
    assert first == second


def test_it_is_one_bot_for_chats_and_teams_that_takes_no_files(manifest: dict[str, Any]) -> None:
    (bot,) = manifest["bots"]
    assert manifest["id"] == bot["botId"] == APP
    assert bot["scopes"] == ["personal", "team"]
    assert bot["supportsFiles"] is False
    assert "webApplicationInfo" not in manifest and "validDomains" not in manifest


def test_private_channels_are_supported(manifest: dict[str, Any]) -> None:
    assert manifest["supportsChannelFeatures"] == "tier1"
    assert tuple(map(int, manifest["manifestVersion"].split("."))) >= (1, 25)


def test_texts_are_as_short_as_teams_wants_them_in_every_language(
    manifest: dict[str, Any], files: dict[str, bytes]
) -> None:
    other = json.loads(files["en.json"])
    for name, most in LIMITS.items():
        part, kind = name.split(".")
        assert 0 < len(manifest[part][kind]) <= most
        assert 0 < len(other[name]) <= most
        assert manifest[part][kind] != other[name]
    commands = manifest["bots"][0]["commandLists"][0]["commands"]
    assert commands
    for number, command in enumerate(commands):
        assert len(command["title"]) <= 32 and len(command["description"]) <= 128
        at = f"bots[0].commandLists[0].commands[{number}]"
        assert len(other[f"{at}.title"]) <= 32 and len(other[f"{at}.description"]) <= 128


@pytest.mark.parametrize(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_have_the_size_that_teams_wants(
    files: dict[str, bytes], name: str, size: int
) -> None:
    with Image.open(BytesIO(files[name])) as icon:
        assert icon.size == (size, size) and icon.format == "PNG"


def test_the_outline_is_white_on_nothing(files: dict[str, bytes]) -> None:
    with Image.open(BytesIO(files["outline.png"])) as icon:
        raw = icon.convert("RGBA").tobytes()
    pixels = [tuple(raw[start : start + 4]) for start in range(0, len(raw), 4)]
    assert {pixel[:3] for pixel in pixels} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in pixels}
