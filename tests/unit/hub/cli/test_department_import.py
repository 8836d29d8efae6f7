"""`hub import-department`: looked at or taken, rows not taken in a file, words for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from hub.app import open_hub
from hub.cli.run import settings_from
from hub.model.departments.registered import RegisteredDepartment
from hub.runtime.clock import SystemClock
from tests.unit.hub.cli.test_cli import configured, hub

DEPARTMENT = RegisteredDepartment("traffic", "交警支队", 0, "admin")


async def test_a_department_is_imported_without_a_browser(tmp_path: Path) -> None:
    config = configured(tmp_path, extra='[knowledge]\nencoder = "none"\n')
    running = await open_hub(settings_from(Path(config)), SystemClock())
    await running.documents.commit([running.repositories.departments.registry.insert(DEPARTMENT)])
    await running.close()
    file, errors = tmp_path / "退订.csv", tmp_path / "errors.csv"
    numbers = "".join(f"139000000{place:02}\n" for place in range(9))
    file.write_text(f"手机号\n{numbers}0591-87654321\n", "gb18030")
    given = ("import-department", "traffic", "opt_outs", str(file), "--config", config)
    ran = hub(*given, "--apply", "--json", "--errors", str(errors))
    assert ran.returncode == 0, ran.stderr
    printed = json.loads(ran.stdout)
    assert (printed["state"], printed["new"], printed["reasons"]["rejected"]) == ("done", 9, {"landline": 1})
    assert errors.read_text("utf-8-sig").splitlines()[1] == "11,固定电话，收不到短信,0591-87654321"
    looked = hub(*given)
    assert looked.returncode == 0
    assert "unchanged 9" in looked.stdout
    assert hub(*given[:3], str(tmp_path / "none.csv")).returncode == 2
