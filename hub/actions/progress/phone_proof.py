"""A code sent to the telephone of a matter, for who cannot ask from it: the number alone opens nothing today.

The rule it protects: strangers cannot make a telephone ring with texts. One is sent only to who has number
and query code right, and a few a day; everybody else is told the same, after the same time. It is six digits,
good for ten minutes and five tries, opens once, and names no matter, since others may see the screen.

What stands here belongs to a number and a day: a row among the tries, which goes with them.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace

from channels.address import Address, BadAddress, is_textable, phone
from hub.actions.deliveries.outgoing import Addressee, Leaving, Outgoing
from hub.actions.dialogue.texts import Texts
from hub.actions.progress.case_progress import CaseProgress
from hub.actions.progress.query_code_lockout import DAY_MS, LONG_CODE, QueryCodeLockout
from hub.actions.staff.identities import Identities
from hub.model.cases.case import Case
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock, to_local
from hub.runtime.ids import derived_id, new_id
from hub.store.crypto import Vault
from hub.store.documents import Add, Documents, Insert, Update, Write
from hub.store.until_committed import until_committed

DIGITS = 6
GOOD_MS = 10 * 60_000
SENT_A_DAY = 3
_WRONG = 5
_LEAST_SECONDS = 0.3
"""No answer is given sooner: to queue a text takes longer than to send none."""
_RACES = 10


class PhoneProof:
    """Sends and compares. channel: the one that texts leave by, "" for none: then nothing is sent."""

    def __init__(
        self,
        documents: Documents,
        stores: Repositories,
        vault: Vault,
        clock: Clock,
        brake: QueryCodeLockout,
        outgoing: Outgoing,
        texts: Texts,
        identities: Identities,
        *,
        channel: str,
        least_seconds: float = _LEAST_SECONDS,
    ) -> None:
        self._documents = documents
        self._stores = stores
        self._vault = vault
        self._clock = clock
        self._brake = brake
        self._outgoing = outgoing
        self._texts = texts
        self._identities = identities
        self._cases = CaseProgress(stores)
        self._channel = channel
        self._least_seconds = least_seconds

    async def send(self, reference: str, code: str, *, source: str, language: str) -> None:
        """Sends a code where one may be sent. Raises `TooManyTries` while the source waits."""
        answer_at = asyncio.get_running_loop().time() + self._least_seconds
        async with self._brake.slowed(source):  # counted also when it is right: who guesses learns nothing
            case = await self._cases.case(reference, code)
            to = await self._telephone(case) if case is not None and len(code) < LONG_CODE else None
            if to is not None and self._channel:
                await self._send(reference, to, language)
        await asyncio.sleep(max(0.0, answer_at - asyncio.get_running_loop().time()))

    async def _send(self, reference: str, to: Address, language: str) -> None:
        now = self._clock.now_ms()
        row = self._row(reference, now)
        secret = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"

        async def decide() -> tuple[Sequence[Write], None]:
            stored = await self._documents.get("attempts", row)
            sent = stored.body["sent"] if stored else 0
            if sent >= SENT_A_DAY:
                return (), None
            text = self._texts.say("phone_proof", language, code=secret)
            delivery = self._outgoing.delivery(
                Addressee(self._channel, to, self._stores.contacts.key(to)),
                Leaving(text, automatic=True),
                at=now,
                dedup=new_id(now),
            )
            body = {
                "sent": sent + 1,
                "wrong": 0,
                "hash": self._hash(reference, secret),
                "good_until": now + GOOD_MS,
                "until": now + DAY_MS,
            }
            kept: Write = Insert("attempts", row, body)
            if stored is not None:
                kept = Update("attempts", row, body, stored.version)
            return [
                kept,
                self._stores.outbox.insert(replace(delivery, expires_at=now + GOOD_MS)),
            ], None

        await until_committed(self._documents, decide, tries=_RACES)

    async def proven(self, reference: str, typed: str, *, source: str) -> Address | None:
        """The telephone that was proved, None for a code that is wrong or old. Raises `TooManyTries`."""
        answer_at = asyncio.get_running_loop().time() + self._least_seconds
        async with self._brake.slowed(source) as give_back:
            found = await self._proven(reference, typed)
            if found is not None:
                await give_back()
        if found is None:
            await asyncio.sleep(max(0.0, answer_at - asyncio.get_running_loop().time()))
        return found

    async def _proven(self, reference: str, typed: str) -> Address | None:
        now = self._clock.now_ms()
        # A code that was sent right before midnight is in the row of yesterday.
        for row in dict.fromkeys((self._row(reference, now), self._row(reference, now - GOOD_MS))):
            if await self._documents.get("attempts", row) is not None and await self._opens(
                row, reference, typed
            ):
                found = await self._stores.cases.by_reference(reference)
                return await self._telephone(found.value) if found else None
        return None

    async def _opens(self, row: str, reference: str, typed: str) -> bool:
        # Counted before it is compared, so that a thousand tries at once are not a thousand guesses.
        await self._documents.commit([Add("attempts", row, {"wrong": 1})])

        async def decide() -> tuple[Sequence[Write], bool]:
            stored = await self._documents.get("attempts", row)
            if stored is None or stored.body["wrong"] > _WRONG:
                return (), False
            known, good_until = stored.body["hash"], stored.body["good_until"]
            right = hmac.compare_digest(known, self._hash(reference, typed))
            if not known or not right or self._clock.now_ms() >= good_until:
                return (), False
            return [Update("attempts", row, {"hash": ""}, stored.version)], True

        return await until_committed(self._documents, decide, tries=_RACES)

    async def _telephone(self, case: Case) -> Address | None:
        """The telephone a matter was registered with, if a text can arrive there."""
        try:
            to = phone((await self._identities.whole(case)).applicant.address)
        except BadAddress:
            return None
        return to if is_textable(to) else None

    def _row(self, reference: str, at: int) -> str:
        return f"proof:{derived_id(reference)}:{to_local(at):%Y%m%d}"

    def _hash(self, reference: str, secret: str) -> str:
        return self._vault.blind(f"phone proof:{reference}:{secret}")
