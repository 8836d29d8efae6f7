"""The rules of the house that no linter knows, as tests. Each says in its name what it wants.

Who may import whom is in `pyproject.toml` (import-linter); what is here is about files themselves:
their names, their size, their imports, and that what is declared is what is used.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("house rules")  # every file is parsed once

ROOT = Path(__file__).parents[2]
PACKAGES = ("hub", "channels", "ivr", "knowledge_base", "campaigns")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
LONGEST_MODULE = 500
"""Lines. Most modules are far below; one that comes near has two subjects."""

LONGEST_FUNCTION = 60
"""Lines, its signature and docstring included."""
FULLEST_FOLDER = 25
"""Modules. A fuller one gets a folder per subject."""
AT_THE_TOP = {"__init__", "__main__", "app", "serve", "hub"}
"""Modules of the hub that stand on a floor of their own."""

ONE_MODULE_PER_PROJECT: Mapping[str, str] = {
    "fonttools": "fontTools",
    "argon2-cffi": "argon2",
    "chinesecalendar": "chinese_calendar",
}
"""Distributions whose module has another name."""

COMES_WITH: Mapping[str, str] = {
    "multidict": "aiohttp",
    "yarl": "aiohttp",
    "pydantic_core": "pydantic",
    "bson": "pymongo",
    "compressed_rtf": "tnefparse",
}
"""Modules that are part of the interface of a declared distribution."""

DATA_ONLY = {"tzdata", "compressed-rtf"}
"""Declared, never imported here: `zoneinfo` reads the one, tnefparse imports the other where it is there."""


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text("utf-8"), str(path))


def where(path: Path, node: ast.AST | None = None) -> str:
    """`folder/file.py:12`, as an editor understands it."""
    line = getattr(node, "lineno", 1)
    return f"{path.relative_to(ROOT)}:{line}"


def imported(path: Path) -> set[str]:
    """The top-level names a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def project() -> dict[str, list[str]]:
    """What `pyproject.toml` declares: `run` and `dev`, names only."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "run": [_name(line) for line in data["project"]["dependencies"]],
        "dev": [_name(line) for line in data["dependency-groups"]["dev"]],
    }


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found.group().lower()


def module_of(distribution: str) -> str:
    """The module a distribution is imported as."""
    return ONE_MODULE_PER_PROJECT.get(distribution, distribution.replace("-", "_"))


def foreign(paths: list[Path]) -> set[str]:
    """What is imported and neither ours nor the standard library's."""
    names = set().union(*(imported(path) for path in paths))
    return names - set(PACKAGES) - {"tests", "__future__"} - sys.stdlib_module_names


def test_a_group_is_one_to_the_scheduler(request: pytest.FixtureRequest) -> None:
    """pytest-xdist writes it behind the id; a pytest that does not fit loses it without a word."""
    assert not hasattr(request.config, "workerinput") or request.node.nodeid.endswith("@house rules")


def test_nothing_is_imported_for_type_checking_only() -> None:
    """Who needs that has a circle: the contract has to be split from its implementation."""
    found = [
        where(path, node)
        for path in [*SOURCES, *TESTS]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name | ast.Attribute | ast.alias)
        and "TYPE_CHECKING" in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
    ]
    assert not found


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        where(path, inner)
        for path in [*SOURCES, *TESTS]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_no_module_is_named_after_nothing() -> None:
    found = [where(path) for path in [*SOURCES, *TESTS] if path.stem in NAMES_OF_NOTHING]
    assert not found


def test_every_module_says_what_it_is_for() -> None:
    """Empty `__init__.py` files excepted: they only mark a folder."""
    found = [
        where(path)
        for path in SOURCES
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree(path))
    ]
    assert not found


def test_no_module_needs_a_table_of_contents() -> None:
    lengths = {where(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_needs_scrolling() -> None:
    found = [
        f"{where(path, node)} {node.name}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not found


def test_no_folder_has_to_be_searched() -> None:
    modules = Counter(path.parent.relative_to(ROOT).as_posix() for path in SOURCES)
    assert {folder: number for folder, number in modules.items() if number > FULLEST_FOLDER} == {}


def test_nothing_lies_loose_in_the_hub() -> None:
    assert {path.stem for path in (ROOT / "hub").glob("*.py")} == AT_THE_TOP
    assert {path.name for path in (ROOT / "hub" / "actions").glob("*.py")} == {"__init__.py"}


def test_a_bare_true_or_false_is_never_an_argument() -> None:
    """Boolean parameters are keyword-only, so that every call says what is switched."""
    found = [
        f"{where(path, parameter)} {node.name}({parameter.arg})"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for parameter in [*node.args.posonlyargs, *node.args.args]
        if isinstance(parameter.annotation, ast.Name) and parameter.annotation.id == "bool"
    ]
    assert not found


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    """Business code is given a clock; what measures durations may use `time.monotonic`."""
    asks = re.compile(r"\btime\.time\(|\btime\.time_ns\(|\bdatetime\.now\(|\bdate\.today\(|\butcnow\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if asks.search(line) and path.relative_to(ROOT).as_posix() != "hub/runtime/clock.py"
    ]
    assert not found


def test_every_declared_dependency_is_imported_somewhere() -> None:
    used = foreign(SOURCES)
    unused = [name for name in project()["run"] if name not in DATA_ONLY and module_of(name) not in used]
    assert not unused


def test_every_imported_library_is_declared() -> None:
    declared = project()
    run = {module_of(name) for name in declared["run"]}
    dev = run | {module_of(name) for name in declared["dev"]}
    assert {name for name in foreign(SOURCES) if COMES_WITH.get(name, name) not in run} == set()
    assert {name for name in foreign(TESTS) if COMES_WITH.get(name, name) not in dev} == set()


# --- lock files --------------------------------------------------------------------------------

LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(name: str) -> dict[str, str]:
    """Distribution → exact version in a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", lock_text(name), re.MULTILINE))


def lock_text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def lock_entries(name: str) -> Iterator[str]:
    """Each requirement with its continuation lines, without comments."""
    text = re.sub(r"^\s*#.*\n", "", lock_text(name), flags=re.MULTILINE)
    yield from (entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip())


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_requirement_is_exact_and_hashed(name: str) -> None:
    loose = [
        entry.split()[0]
        for entry in lock_entries(name)
        if not re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry) or "--hash=sha256:" not in entry
    ]
    assert not loose


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    """Where packages come from is the machine's business: a mirror, a proxy, a folder."""
    assert not re.search(r"://|^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b| @ ",
                         lock_text(name), re.MULTILINE)  # fmt: skip


def test_the_locks_hold_what_is_declared_and_agree() -> None:
    run, dev = (locked(name) for name in LOCKS)
    declared = project()
    assert set(declared["run"]) <= set(run)
    assert {*declared["run"], *declared["dev"]} <= set(dev)
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


# --- documentation -----------------------------------------------------------------------------

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.lock && .venv/bin/python -m hub demo",
    "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.lock && .venv/bin/python -m pytest",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_two_commands(name: str, command: str) -> None:
    assert f"\n{command}\n" in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_points_to_is_there(path: Path) -> None:
    """Links, and every path of the repository it names in code style."""
    text = path.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    missing = [link for link in links if not (path.parent / link).exists()]
    folders = "|".join((*PACKAGES, "tests", "docs"))
    named = re.findall(rf"`((?:{folders})/[A-Za-z0-9_./-]+)`", text)
    missing += [name for name in named if not (ROOT / name).exists()]
    assert not missing


def test_every_decision_is_listed() -> None:
    pages = {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert pages == set(
        re.findall(r"\((0\d{3}-[a-z0-9-]+\.md)\)", (ROOT / "docs/adr/README.md").read_text("utf-8"))
    )


def test_the_ci_runs_the_command_of_the_readme() -> None:
    steps = (ROOT / ".ci" / "run").read_text("utf-8")
    assert COMMANDS[1] in steps
