"""Cases: one step of a case, and the search for what is due, each against its floor.

The floor of a step is one commit of the documents that the step wrote, already sealed, to another case:
nothing is read, decided or sealed. The floor of the search is as many bare reads by key as cases were found:
nothing is opened. The two sides take turns. The search runs with few closed cases and with many beside the
same open ones; because the machine may be slower by then, each is compared in floors of its own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, cast

from channels.contract import ChannelKind
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.documents.sign_documents import Organ, SignDocuments
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.staff.identities import identities_of
from hub.bench.casework.case_store import CaseStore, id_of, keep_conversations
from hub.bench.child import BenchFailed
from hub.bench.figure import Figure
from hub.bench.site import settings_in
from hub.bench.texts import CHANNEL
from hub.model.agent import Agent, Role
from hub.model.cases.clock import Rules
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.repositories.repositories import Repositories, repositories
from hub.runtime.clock import Clock, SystemClock
from hub.runtime.console import Screen
from hub.runtime.gc_tuning import spare_the_collector
from hub.runtime.ids import new_id
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Body, Documents, Insert, Update, Write
from hub.wiring.store import open_store

COUNT = 1_000_000
SMALL = 300
_DUE, _PETITIONS, _WARM = 200, 220, 20
_SEARCHES = 400
_GOAL = "ratio ≤ 4"
_TEST_SERVER = "hubStandalone=test"
"""Stands in the URL of the small server that tests use."""
_NOWHERE = "http://127.0.0.1:9"
_STEPS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("pick", {}),
    ("accept", {"branch": 6, "items": ["查清事实", "书面答复"]}),
    ("cuiban", {}),
)
"""What happens to every petition; of the second the citizen is told."""
_LEAD = Agent("lead", "lead", "", (Role.SUPERVISOR,), 0)


async def cases(
    folder: Path, *, count: int = COUNT, mongodb: str = "", small: bool = False
) -> Sequence[Figure]:
    """Milliseconds of a step and of a search, the median and the slowest of a hundred.

    mongodb: URL of a server to measure instead of SQLite; a new database is made there, and stays.
    """
    count = SMALL if small else count
    clock, vault = SystemClock(), Vault(KeyRing.fresh())
    rules = Rules(load_profile("national"), shipped_calendar())
    settings = settings_in(folder, api_base=_NOWHERE, mongodb=mongodb)
    documents = await open_store(settings, clock, migrated=False)
    goal = "not a server figure" if _TEST_SERVER in mongodb else _GOAL
    try:
        bench = _Bench(documents, repositories(documents, vault, cities={}), rules, clock, goal)
        return await bench(max(count, SMALL))
    finally:
        await documents.close()


class _Bench:
    """One store, filled in two goes: few closed cases, then many."""

    def __init__(
        self, documents: Documents, stores: Repositories, rules: Rules, clock: Clock, goal: str
    ) -> None:
        self._goal = goal
        self._documents = documents
        self._stores = stores
        self._rules = rules
        self._clock = clock
        self._now = clock.now_ms()

    async def __call__(self, count: int) -> list[Figure]:
        store = CaseStore(self._documents, self._stores.cases, self._rules, self._now)
        due, petitions = min(_DUE, count // 100), min(_PETITIONS, count // 60)
        open_cases = count // 10
        pairs = range(due, due + 2 * petitions)
        few = range(open_cases, open_cases + open_cases // 9)
        began = perf_counter()
        with Screen().progress("生成工单 cases") as told:
            keep = partial(store.keep, told=lambda done: told(done, count))
            await keep(store.due(range(due)))
            await keep(store.petitions(pairs))
            await keep(store.open(range(pairs.stop, open_cases)))
            await keep(store.closed(few))
            with_few = await self._searches(due)
            await keep(store.closed(range(few.stop, count)))
        made = count / (perf_counter() - began)
        with_many = await self._searches(due)
        await keep_conversations(self._documents, self._stores.conversations, store.petitions(pairs))
        steps = await self._steps(pairs, warm=min(_WARM, petitions // 5))
        return [
            *figures_of("cases.step", *steps, self._goal),
            *figures_of("cases.search", *with_many, self._goal),
            *figures_of("cases.search.10 % closed", *with_few, self._goal),
            Figure("cases.search.growth", _in_floors(with_many), "floors", _in_floors(with_few), "ratio ≈ 1"),
            Figure("cases.generated", made, "cases/s"),
        ]

    async def _searches(self, due: int) -> tuple[list[float], list[float]]:
        """Times of looking for what is due, and of as many bare reads."""
        ids = [id_of(number) for number in range(due)]

        async def search() -> None:
            found = await self._stores.cases.due(self._now, limit=due + 1)
            if len(found) != due:
                raise BenchFailed(f"cases: {len(found)} of {due} cases were found to be due")

        async def reads() -> None:
            for id in ids:
                await self._documents.get("cases", id)

        ours, floor = [], []
        spare_the_collector()
        for _ in range(_SEARCHES):
            ours.append(await timed(search))
            floor.append(await timed(reads))
        return ours, floor

    async def _steps(self, pairs: range, *, warm: int) -> tuple[list[float], list[float]]:
        """Times of steps of every other petition, and of the same documents written to the one beside it."""
        recording = _Recording(self._documents)
        move = _move_case(recording, self._stores, self._rules, self._clock)
        ours, floor = [], []
        spare_the_collector()
        for version, (event, data) in enumerate(_STEPS, start=1):
            for number in pairs[::2]:
                step = partial(move, _LEAD, id_of(number), event, data, version=version)
                ours.append(await timed(step))
                twin = _for_another(recording.writes, number, number + 1)
                floor.append(await timed(partial(self._documents.commit, twin)))
        return ours[warm:], floor[warm:]


class _Recording:
    """The store of a step, which remembers what it wrote."""

    def __init__(self, documents: Documents) -> None:
        self._commit = documents.commit
        self.get, self.get_many = documents.get, documents.get_many
        self.writes: Sequence[Write] = ()

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        self.writes = writes
        await self._commit(writes)


async def _printable(_text: str) -> str:
    """No font is asked for."""
    return ""


def _move_case(documents: _Recording, stores: Repositories, rules: Rules, clock: Clock) -> MoveCase:
    port, vault = cast("Documents", documents), Vault(KeyRing.fresh())
    texts, profiles = Texts(), {CHANNEL: ChannelProfile(CHANNEL, ChannelKind.SMS)}
    tell = TellCitizen(
        stores,
        profiles,
        Outgoing(profiles, stores.conversations, stores.outbox),
        texts,
        identities_of(port, vault),
    )
    case_rules = CaseRules(lambda at=None: rules)
    unit = StepUnit(stores, tell, texts, case_rules, organ="测量")
    organ = Organ("测量", "测", "上一级机关")
    sign = SignDocuments(stores, LegalDocumentRepository(port, vault), case_rules, organ, _printable)
    return MoveCase(Casework(port, stores), stores, unit, case_rules, clock, tuple, sign)


def _for_another(writes: Sequence[Write], number: int, twin: int) -> list[Write]:
    """The same writes for another case: sealed as they are, under other ids."""
    made = [write.id for write in writes if isinstance(write, Insert)]
    names = {id_of(number): id_of(twin), f"{number:014}": f"{twin:014}"}
    names |= {id: new_id(0) for id in made if id_of(number) not in id}

    def renamed(text: str) -> str:
        return reduce(lambda text, name: text.replace(name, names[name]), names, text)

    def body(content: Body) -> Body:
        pii = content.get("pii")  # random letters: nothing to rename, and none to change by chance
        plain: Body = json.loads(renamed(json.dumps(content | {"pii": ""}, ensure_ascii=False)))
        return plain if pii is None else plain | {"pii": pii}

    others: list[Write] = []
    for write in writes:
        match write:
            case Insert(collection="document_series") | Update(collection="document_series"):
                continue  # the number was drawn; another case with the same number is enough to measure
            case Insert():
                others.append(replace(write, id=renamed(write.id), body=body(write.body)))
            case Update():
                others.append(replace(write, id=renamed(write.id), set=body(write.set)))
            case _:
                others.append(write)
    return others


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds."""
    began = perf_counter()
    await work()
    return (perf_counter() - began) * 1000


def figures_of(name: str, ours: list[float], floor: list[float], goal: str) -> list[Figure]:
    return [
        Figure(f"{name}.p{place}", _percentile(ours, place), "ms", _percentile(floor, place), goal)
        for place in (50, 99)
    ]


def _in_floors(times: tuple[list[float], list[float]]) -> float:
    ours, floor = times
    return _percentile(ours, 50) / _percentile(floor, 50)


def _percentile(times: list[float], place: int) -> float:
    return quantiles(times, n=100, method="inclusive")[place - 1]
