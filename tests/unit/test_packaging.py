"""The wheel is complete: what a package reads at run time lies beside its code, wherever it is installed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "channels", "ivr", "knowledge_base", "campaigns")

LOOK = """
import json, sys
import hub.settings.read
import hub.actions.dialogue.texts, hub.demo.sample
import hub.web.assets, hub.web.i18n, ivr.flow, knowledge_base.files.importer
hub.actions.dialogue.texts.Texts()
hub.settings.read.load(None, {})
print(json.dumps({
    "from": hub.settings.settings.__file__,
    "config": hub.settings.read.shipped_text(),
    "flows": [len(ivr.flow.load(ivr.flow.shipped(name)).nodes) for name in ("12389", "12123")],
    "entries": len(knowledge_base.files.importer.shipped()),
    "regions": len(hub.demo.sample.load().regions),
    "assets": hub.web.assets.Assets.load() is not None,
    "catalogues": hub.web.i18n.Catalogues.load() is not None,
}))
"""


pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - names(wheel) == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "hub/config.toml",
        "hub/data/*.toml",
        "hub/web/locale/*.po",
        "hub/web/static/css/*.css",
        "hub/web/static/js/*.js",
        "hub/web/static/vendor/vendor.toml",
        "hub/web/templates/citizen/*.html",
        "hub/web/templates/staff/*.html",
        "ivr/flows/*.toml",
        "knowledge_base/data/*.toml",
        "knowledge_base/data/*.txt",
    ],
)
def test_what_is_read_at_run_time_is_in_the_wheel(wheel: Path, pattern: str) -> None:
    assert [name for name in names(wheel) if Path(name).match(pattern)]


def test_nothing_but_the_packages_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_says_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = {
            name.rpartition("/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "hub = hub.cli:main" in info["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in info["METADATA"]
    assert "Apache License" in info["LICENSE"]


def test_the_unpacked_wheel_finds_its_own_data(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    looked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert looked.returncode == 0, looked.stderr
    found = json.loads(looked.stdout)
    assert Path(found["from"]).is_relative_to(site)
    assert found["config"] == (ROOT / "config.toml").read_text("utf-8")
    assert min(found["flows"]) > 10
    assert found["entries"] >= 60
    assert found["regions"] > 0
    assert found["assets"]
    assert found["catalogues"]
