"""A change of the tree of units, as it is asked for, looked at, confirmed and kept.

Rules protected: the code of a unit never changes and no unit goes away, because cases name it; there is one
root; nothing that takes effect leaves a unit under itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.model.units.tree import Deputy, Tree
from hub.model.units.unit import Unit, UnitFunction, UnitLevel

COLUMNS = ("code", "parent", "name", "level", "region", "functions", "inspection", "active")
"""Of a file. functions: `route|handle|petition`; inspection, active: yes or no."""
MOST_UNITS = 2_000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
_REGION = re.compile(r"[0-9]{0,12}\Z")
_YES = {"yes": True, "是": True, "1": True, "no": False, "否": False, "0": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A unit as somebody wants it. parent: the code of the one above, "" for the root."""

    code: str
    parent: str
    name: str
    level: str = ""
    region: str = ""
    functions: tuple[UnitFunction, ...] = (UnitFunction.HANDLE,)
    inspection: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One change. units: all that become different, as they will be. divided: whether cases are seen by unit
    from then on. revision: of the division it was looked at. by, decided_by: ids of agents. at, decided_at:
    ms UTC, 0 = waits. affected: how many accounts see something else afterwards. deputies: named.
    """

    id: str
    by: str
    at: int
    revision: int
    units: tuple[Unit, ...] = ()
    divided: bool = False
    affected: int = 0
    deputies: tuple[Deputy, ...] = ()
    decided_at: int = 0
    decided_by: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a unit. row: from 1 in a file, 0 in a form. en: the same in English."""

    row: int
    field: str
    zh: str
    en: str


def wanted_of(unit: Unit, tree: Tree) -> Wanted:
    """A unit as a form shows it."""
    parent = tree.parent(unit.id)
    return Wanted(
        unit.id,
        parent.id if parent else "",
        unit.name,
        unit.level,
        unit.region,
        unit.functions,
        unit.inspection,
        unit.active,
    )


def applied(tree: Tree, wanted: Sequence[Wanted]) -> tuple[Tree, list[Problem]]:
    """The tree with these units made or changed, and what is wrong; with a problem the tree is as it was."""
    known = {id: wanted_of(unit, tree) for id, unit in tree.units.items()}
    after = known | {one.code: one for one in wanted}
    codes = Counter(one.code for one in wanted)
    problems = [
        Problem(row if len(wanted) > 1 else 0, field, zh, en)
        for row, one in enumerate(wanted, start=1)
        for field, zh, en in _wrong(one, after, twice=codes[one.code] > 1)
    ]
    if len(after) > MOST_UNITS:
        problems.append(Problem(0, "code", f"最多 {MOST_UNITS} 个单位", f"at most {MOST_UNITS} units"))
    tops = [code for code, one in after.items() if not one.parent]
    was_root = tree.root.id
    if not problems and len(tops) > 1:
        new = [code for code in tops if code not in known]
        if len(new) == 1 and was_root == "":
            after |= {code: replace(after[code], parent=new[0]) for code in tops if code != new[0]}
        elif was_root != "" or new:
            problems.append(Problem(0, "parent", "请选择上级单位", "choose the unit above"))
    if was_root and was_root in after and after[was_root].parent:
        problems.append(Problem(0, "parent", "最上级单位没有上级", "the root has nothing above it"))
    if problems:
        return tree, problems
    return Tree.of(_unit(one, after) for one in after.values()), []


def changed(before: Tree, after: Tree) -> tuple[Unit, ...]:
    """The units that are different."""
    return tuple(unit for id, unit in after.units.items() if before.units.get(id) != unit)


def read_file(text: str) -> tuple[list[Wanted], list[Problem]]:
    """The rows of a CSV file (`COLUMNS`, with a first row of names)."""
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    if not rows or not {"code", "parent", "name"} <= set(rows[0]):
        columns = "、".join(COLUMNS)
        en = f"the first row names: {', '.join(COLUMNS)}"
        return [], [Problem(0, "file", f"第一行应是列名：{columns}", en)]
    found: list[Wanted] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        functions = [part for part in cells["functions"].replace("、", "|").split("|") if part]
        if wrong := [part for part in functions if part not in frozenset(UnitFunction)]:
            problems.append(Problem(number, "functions", f"没有职能“{wrong[0][:20]}”", "no such function"))
            continue
        if wrong := [name for name in ("inspection", "active") if cells[name].lower() not in {"", *_YES}]:
            problems.append(Problem(number, wrong[0], "应为 yes 或 no", "must be yes or no"))
            continue
        found.append(
            Wanted(
                cells["code"],
                cells["parent"],
                cells["name"],
                cells["level"],
                cells["region"],
                tuple(map(UnitFunction, functions)) or (UnitFunction.HANDLE,),
                _YES.get(cells["inspection"].lower(), False),
                _YES.get(cells["active"].lower(), True),
            )
        )
    return found, problems


def written_file(tree: Tree) -> str:
    """The whole tree as such a file, each unit under the one above it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for unit in sorted(tree.units.values(), key=lambda unit: [one.id for one in tree.chain(unit.id)]):
        one = wanted_of(unit, tree)
        yes = ["yes" if value else "no" for value in (one.inspection, one.active)]
        row = [one.code, one.parent, one.name, one.level, one.region, "|".join(one.functions), *yes]
        writer.writerow(row)
    return out.getvalue()


def _wrong(one: Wanted, after: Mapping[str, Wanted], *, twice: bool) -> Iterable[tuple[str, str, str]]:
    if not _CODE.match(one.code):
        yield "code", "代码由字母、数字和 _ . - 组成", "a code is made of letters, digits and _ . -"
    elif twice:
        yield "code", "代码重复", "the code stands there twice"
    if not 2 <= len(one.name) <= 60:
        yield "name", "请填写单位名称，2 到 60 字", "a name has 2 to 60 characters"
    elif any(other.name == one.name and other.code != one.code for other in after.values()):
        yield "name", "已有同名单位", "another unit has this name"
    if one.level and one.level not in frozenset(UnitLevel):
        yield "level", "层级应为部、省、市、县或所", "the level is one of 部 省 市 县 所"
    if not _REGION.match(one.region):
        yield "region", "区划代码只有数字", "a region code has digits only"
    if one.parent and one.parent not in after:
        yield "parent", "没有这个上级单位", "there is no such unit above"
    elif _circles(one, after):
        yield "parent", "单位不能在自己的下级之下", "a unit cannot stand below itself"


def _circles(one: Wanted, after: Mapping[str, Wanted]) -> bool:
    seen, at = {one.code}, one.parent
    while at in after:
        if at in seen:
            return True
        seen.add(at)
        at = after[at].parent
    return False


def _unit(one: Wanted, after: Mapping[str, Wanted]) -> Unit:
    steps, at = [one.code], one.parent
    while at in after:
        steps.append(at)
        at = after[at].parent
    path = "/".join(reversed(steps))
    return Unit(one.code, one.name, path, one.region, one.inspection, one.level, one.functions, one.active)
