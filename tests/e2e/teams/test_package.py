"""The app package against Microsoft's own validator of manifests, fetched from npm."""

import json
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from adapters.teams.manifest import Registration, package
from bot.catalogue import Catalogue
from tests.e2e.teams.needs import needed
from tests.support.world import FakeClock

PACKAGES = ("@microsoft/app-manifest@1.1.2", "fs-extra@11")
"""The second is needed by the first, which does not say so."""
KEPT = Path(".artefacts/manifest").absolute()
REGISTRATION = Registration(
    "11111111-2222-3333-4444-555555555555", "https://mamori.example", "ひなた食品館", "1.0.0"
)
LOOK = """
const { AppManifestUtils } = require("@microsoft/app-manifest");
AppManifestUtils.readAndValidateTeamsManifest(process.argv[1])
  .then(([, found]) => console.log(JSON.stringify(found)))
  .catch((error) => { console.log(JSON.stringify([String(error)])); });
"""


@pytest.fixture
def node() -> str:
    """Node, with the validator beside it."""
    found = needed(shutil.which("node") if shutil.which("npm") else None)
    if not (KEPT / "node_modules/fs-extra").exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", *PACKAGES]
        subprocess.run(command, cwd=KEPT, check=True, timeout=300)
    return found


def looked_at(node: str, manifest: bytes, folder: Path) -> list[object]:
    """What the validator has against a manifest."""
    path = folder / "manifest.json"
    path.write_bytes(manifest)
    command = [node, "-e", LOOK, str(path)]
    said = subprocess.run(command, cwd=KEPT, check=True, capture_output=True, timeout=60).stdout
    found: list[object] = json.loads(said)
    return found


def test_the_manifest_is_valid_and_a_wrong_one_is_not(node: str, tmp_path: Path) -> None:
    made = package(Catalogue.load(), FakeClock(), REGISTRATION)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        manifest = archive.read("manifest.json")
    assert not looked_at(node, manifest, tmp_path)
    wrong = json.loads(manifest)
    wrong["name"]["short"] = "x" * 31
    assert looked_at(node, json.dumps(wrong).encode(), tmp_path)
