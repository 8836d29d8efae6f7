"""docs/departments.md tells departments how to sign: its vector and its examples give what the hub checks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.actions.departments.signature import signature
from hub.model.departments.callback import WAITS_SECONDS
from hub.model.departments.played import ENDS
from hub.model.departments.submission import TextState
from hub.web.api.operations import OPERATIONS
from hub.web.api.problem import TITLES

TEXT = (Path(__file__).parents[5] / "docs" / "departments.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.S)
    assert found is not None
    return found[1]


VECTOR: dict[str, str] = json.loads(block("json"))


def of_vector(sign: Callable[..., str]) -> str:
    given = [VECTOR[name] for name in ("secret", "method", "target", "timestamp", "nonce")]
    return sign(*given, VECTOR["body"].encode())


def test_the_hub_checks_what_the_vector_says() -> None:
    assert of_vector(signature) == VECTOR["signature"]


def test_the_example_in_python_gives_the_vector() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102 (our own documentation)
    assert of_vector(names["sign"]) == VECTOR["signature"]


def test_the_example_for_the_shell_gives_the_vector() -> None:
    script = block("sh").partition("curl ")[0]
    script = script.replace("$(date +%s)", VECTOR["timestamp"]).replace(
        "$(openssl rand -hex 16)", VECTOR["nonce"]
    )
    made = subprocess.run(
        ["bash", "-c", script + '\nprintf %s "$SIGNATURE"'],
        env={"HUB_SECRET": VECTOR["secret"], "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout == VECTOR["signature"]


@pytest.mark.skipif(shutil.which("php") is None, reason="PHP is not installed")
def test_the_example_in_php_gives_the_vector() -> None:
    given = [VECTOR[name] for name in ("secret", "method", "target", "timestamp", "nonce", "body")]
    script = block("php").removeprefix("<?php") + "echo hub_sign(...array_slice($argv, 1));"
    made = subprocess.run(["php", "-r", script, "--", *given], capture_output=True, text=True, check=True)
    assert made.stdout == VECTOR["signature"]


def test_every_operation_code_and_state_is_explained() -> None:
    assert [one.path for one in OPERATIONS if one.path not in TEXT] == []
    assert [code for code in TITLES if f"`{code}`" not in TEXT] == []
    assert [state for state in TextState if f"`{state.value}`" not in TEXT] == []


def test_the_table_of_the_sandbox_is_the_one_that_is_played() -> None:
    rows = dict(re.findall(r"^\| (\d) \| `(\w+)` \|$", TEXT, re.M))
    assert rows == {digit: state.value for digit, (state, _) in ENDS.items()}


def test_the_waits_are_those_that_are_kept() -> None:
    told = re.search(r"否则在 (.*?)后重试", TEXT)
    assert told is not None
    units = {"分钟": 60, "小时": 3600}
    waits = [int(n) * units[unit] for n, unit in re.findall(r"(\d+) (分钟|小时)", told[1])]
    assert tuple(waits) == WAITS_SECONDS
