"""Strangers used up a number's wrong codes: its owner proves the telephone with a code that is sent there."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta

from hub.actions.progress.phone_proof import SENT_A_DAY
from hub.actions.progress.query_code_lockout import PhoneNeeded
from hub.runtime.clock import FakeClock, to_local, to_ms
from hub.runtime.errors import NotFound
from tests.journeys.test_progress import SAME_ORIGIN
from tests.journeys.test_sms import pair, sent_to
from tests.world import World, eventually

CITIZEN = "+8613800138000"


async def spent(hub: World) -> tuple[str, str]:
    """Number and code of a case on whose number strangers guessed all day."""
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    reference, code = pair((await sent_to(hub, CITIZEN))[0])
    for number in range(21):
        with contextlib.suppress(NotFound, PhoneNeeded):
            wrong = f"{(int(code) + number + 1) % 10**8:08d}"
            await hub.hub.actions.track_case(reference, wrong, source=f"s{number}")
    return reference, code


def sealed(page: str) -> str:
    found = re.search(r'name="pass" value="([^"]+)"', page)
    assert found
    return found[1]


async def posted(hub: World, path: str, **fields: str) -> tuple[int, str]:
    async with hub.http.post(f"{hub.url}{path}", data=fields, headers=SAME_ORIGIN) as answer:
        return answer.status, await answer.text()


async def texts(hub: World, count: int) -> list[str]:
    """What the citizen's telephone got, once there are so many."""

    async def there() -> list[str]:
        said = await sent_to(hub, CITIZEN)
        return said if len(said) >= count else []

    return await eventually(there)


async def test_the_code_that_was_sent_opens_the_matter_once_and_its_steps(hub: World) -> None:
    reference, code = await spent(hub)
    status, page = await posted(hub, "/track", reference=reference, code=code)
    assert status == 403
    held = sealed(page)
    status, page = await posted(hub, "/track/phone", **{"pass": held})
    assert (status, 'name="proof"' in page) == (200, True)
    found = re.search(r"\d{6}", (await texts(hub, 2))[-1])
    assert found
    status, opened = await posted(hub, "/track/proof", **{"pass": held, "proof": found[0]})
    assert (status, 'action="/track/supplement"' in opened) == (200, True)
    step = {"pass": sealed(opened), "submission_id": "1", "text-supplement": "就在三号楼门口。"}
    status, supplemented = await posted(hub, "/track/supplement", **step)
    assert (status, 'action="/track/supplement"' in supplemented) == (200, True)


async def test_a_text_is_sent_only_to_who_has_the_code_right_and_three_times_a_day(hub: World) -> None:
    reference, code = await spent(hub)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    proof = hub.hub.actions.track_case.phone_proof
    for number, tried in enumerate([wrong, *[code] * (SENT_A_DAY + 2)]):
        await proof.send(reference, tried, source=f"p{number}", language="zh")
    await proof.send("26112300000664", code, source="p9", language="zh")
    assert len(await texts(hub, 1 + SENT_A_DAY)) == 1 + SENT_A_DAY
    assert await hub.hub.documents.count("outbox", {}) == {"": 1 + SENT_A_DAY}


async def test_a_code_opens_once_and_not_behind_five_wrong_ones(hub: World) -> None:
    reference, code = await spent(hub)
    proof = hub.hub.actions.track_case.phone_proof
    for number, (guesses, opens) in enumerate(((0, True), (5, False))):
        await proof.send(reference, code, source=f"a{number}", language="zh")
        [sent] = re.findall(r"\d{6}", (await texts(hub, 2 + number))[-1])
        for guess in range(guesses):
            assert await proof.proven(reference, "x", source=f"b{guess}") is None
        found = await proof.proven(reference, sent, source="c")
        assert (found is not None and found.value == CITIZEN) is opens
        assert await proof.proven(reference, sent, source="d") is None


async def test_a_code_that_was_sent_before_midnight_opens_after_it(hub: World) -> None:
    reference, code = await spent(hub)
    proof = hub.hub.actions.track_case.phone_proof
    now = to_local(hub.hub.clock.now_ms())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    proof._clock = clock = FakeClock(to_ms(midnight) - 30_000)
    before = {row.id for row in await hub.hub.documents.find("outbox", {}, limit=9)}
    await proof.send(reference, code, source="a", language="zh")
    (new,) = {row.id for row in await hub.hub.documents.find("outbox", {}, limit=9)} - before
    waiting = await hub.hub.repositories.outbox.get(new)
    assert waiting is not None
    [sent] = re.findall(r"\d{6}", waiting.value.text)
    clock.advance(seconds=60)
    found = await proof.proven(reference, sent, source="b")
    assert found is not None
    assert found.value == CITIZEN
