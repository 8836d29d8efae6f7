"""The examples of docs/departments.md, as a department copies them, hand over a text to a running hub."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.outbox.delivery import MessageClass
from hub.actions.departments.change_keys import KeyWanted
from hub.model.departments.registered import RegisteredDepartment
from tests.world import World, world

TEXT = (Path(__file__).parents[2] / "docs" / "departments.md").read_text("utf-8")
PYTHON = """
import sys
print(json.dumps(submit(*sys.argv[1:4], json.loads(sys.argv[4]))))
"""
JAVA = """
class Main {
    public static void main(String[] given) throws Exception {
        System.out.println(HubClient.submit(given[0], given[1], given[2], given[3]));
    }
}
"""
PHP = """
echo json_encode(hub_submit($argv[1], $argv[2], $argv[3], json_decode($argv[4], true)));
"""


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.S)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("hub")) as running:
        department = RegisteredDepartment("traffic", "交警支队", 1, "admin", signatures=("交警支队",))
        documents = running.hub.documents
        await documents.commit([running.hub.repositories.departments.registry.insert(department)])
        await running.hub.departments.in_force.look()
        yield running


@pytest.mark.parametrize(
    ("language", "command", "file", "call"),
    [
        ("python", ("python3",), "submit.py", PYTHON),
        pytest.param(
            "java",
            ("java", "--source", "8"),
            "Main.java",
            JAVA,
            marks=pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed"),
        ),
        pytest.param(
            "php",
            ("php",),
            "submit.php",
            PHP,
            marks=pytest.mark.skipif(shutil.which("php") is None, reason="PHP is not installed"),
        ),
    ],
    ids=["python", "java", "php"],
)
async def test_the_example_hands_over_a_text(
    hub: World, tmp_path: Path, language: str, command: tuple[str, ...], file: str, call: str
) -> None:
    wanted = KeyWanted("业务系统", classes=(MessageClass.E1,))
    key = await hub.hub.departments.change_keys.issue("traffic", wanted, by="admin")
    source = tmp_path / file
    imports, _, rest = example(language).rpartition("import ") if language == "java" else ("", "", "")
    if language == "java":  # the class with `main` comes first in a file that is run as source
        last, _, body = rest.partition("\n")
        source.write_text(f"{imports}import {last}\n{call}{body}", "utf-8")
    else:
        source.write_text(example(language) + call, "utf-8")
    document = {"client_ref": f"example-{language}", "to": ["13800138000"], "class": "E1"}
    document["text"] = "您的车辆已被移至停车场。"

    async def run(secret: str) -> tuple[int, bytes, bytes]:
        given = (hub.url, key.token, secret, json.dumps(document))
        process = await asyncio.create_subprocess_exec(
            *command, str(source), *given, stdout=PIPE, stderr=PIPE
        )
        out, error = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out, error

    returned, out, error = await run(key.key.secret)
    assert (returned, json.loads(out or b"{}").get("accepted")) == (0, 1), error.decode()
    returned, out, _ = await run("of somebody else")
    assert returned != 0
    assert out == b"" or b"wrong_signature" in out
