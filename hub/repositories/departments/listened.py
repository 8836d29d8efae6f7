"""Logins, long texts, owed receipts and texts that are passed on, of listeners."""

from __future__ import annotations

from hub.model.departments.listened import ListenerLogin, LongText, OwedReceipt, PassedText
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Update

LOGINS, TEXTS, RECEIPTS = "listener_logins", "listener_texts", "listener_receipts"
PASSED = "listener_passed"
COLLECTIONS = (
    Collection(LOGINS, fields={"key_id": str, "department": str}, indexes=(("key_id",), ("department",))),
    Collection(
        TEXTS,
        fields={"department": str, "due_at": int, "keep_until": int},
        indexes=(("due_at",), ("department", "due_at"), ("keep_until",)),
    ),
    Collection(
        RECEIPTS,
        fields={"department": str, "way": str, "look_at": int, "next_at": int, "until": int},
        indexes=(("look_at",), ("department", "way", "next_at"), ("way", "next_at"), ("until",)),
    ),
    Collection(
        PASSED,
        fields={"department": str, "next_at": int, "until": int},
        indexes=(("department", "next_at"), ("until",)),
    ),
)
_MOST = 100


class ListenedRepository:
    """Reads them; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._logins = Shape(ListenerLogin, LOGINS, vault)
        self._texts = Shape(LongText, TEXTS, vault)
        self._receipts = Shape(OwedReceipt, RECEIPTS, vault)
        self._passed = Shape(PassedText, PASSED, vault)

    # --- logins ---

    async def login(self, system_id: str) -> ListenerLogin | None:
        """That of a name, or None."""
        stored = await self._documents.get(LOGINS, system_id)
        return None if stored is None else self._logins.load(stored)

    async def logins_of(self, key_id: str) -> list[Versioned[ListenerLogin]]:
        """Those of a key."""
        found = await self._documents.find(LOGINS, {"key_id": key_id}, limit=_MOST)
        return self._logins.listed_versioned(found)

    async def logins_of_department(self, department: str) -> list[ListenerLogin]:
        """Those of all its keys."""
        return self._logins.listed(
            await self._documents.find(LOGINS, {"department": department}, limit=_MOST)
        )

    def insert_login(self, login: ListenerLogin) -> Insert:
        """The write of a new one; a Duplicate when the name is taken."""
        return self._logins.insert(login)

    def remove_login(self, login: Versioned[ListenerLogin]) -> Delete:
        """The write that ends one."""
        return Delete(LOGINS, login.value.id, login.version)

    def digest(self, system_id: str, password: str) -> str:
        """Of a login; keyed."""
        return self._vault.blind(f"listener login\x1f{system_id}\x1f{password}")

    # --- long texts ---

    async def text(self, id: str) -> Versioned[LongText] | None:
        """One with its version, or None."""
        stored = await self._documents.get(TEXTS, id)
        return None if stored is None else self._texts.versioned(stored)

    async def texts_due(self, now: int, *, limit: int) -> list[Versioned[LongText]]:
        """Those whose parts were waited for long enough."""
        where = {"due_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find(TEXTS, where, sort=(("due_at", 1),), limit=limit)
        return self._texts.listed_versioned(found)

    async def open_texts(self, department: str) -> int:
        """How many of a department wait for parts."""
        where = {"department": department, "due_at": {"$gt": 0}}
        return (await self._documents.count(TEXTS, where)).get("", 0)

    def put_text(self, text: LongText, version: int) -> Insert | Update:
        """The write of one, read at `version`; 0 = there was none."""
        return self._texts.update(text, version) if version else self._texts.insert(text)

    # --- receipts ---

    async def receipts_to_look(self, now: int, *, limit: int) -> list[Versioned[OwedReceipt]]:
        """Those of texts that may have come to their end."""
        where = {"look_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find(RECEIPTS, where, sort=(("look_at", 1),), limit=limit)
        return self._receipts.listed_versioned(found)

    async def receipts_to_tell(
        self, department: str, way: str, now: int, *, limit: int
    ) -> list[Versioned[OwedReceipt]]:
        """Those a department is to be told now by a protocol, longest overdue first."""
        where = {"department": department, "way": way, "next_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find(RECEIPTS, where, sort=(("next_at", 1),), limit=limit)
        return self._receipts.listed_versioned(found)

    async def receipts_to_post(self, way: str, now: int, *, limit: int) -> list[Versioned[OwedReceipt]]:
        """Those that are to be told now to whomever, longest overdue first."""
        where = {"way": way, "next_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find(RECEIPTS, where, sort=(("next_at", 1),), limit=limit)
        return self._receipts.listed_versioned(found)

    def insert_receipt(self, receipt: OwedReceipt) -> Insert:
        """The write of a new one; a Duplicate when it is owed already."""
        return self._receipts.insert(receipt)

    def update_receipt(self, receipt: OwedReceipt, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._receipts.update(receipt, version)

    def told(self, receipt: Versioned[OwedReceipt]) -> Delete:
        """The write once it was taken."""
        return Delete(RECEIPTS, receipt.value.id, receipt.version)

    # --- texts of citizens ---

    async def passed_to_tell(self, department: str, now: int, *, limit: int) -> list[Versioned[PassedText]]:
        """Those a department is to be told now, longest overdue first."""
        where = {"department": department, "next_at": {"$lte": now}}
        found = await self._documents.find(PASSED, where, sort=(("next_at", 1),), limit=limit)
        return self._passed.listed_versioned(found)

    def insert_passed(self, text: PassedText) -> Insert:
        """The write of a new one."""
        return self._passed.insert(text)

    def update_passed(self, text: PassedText, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._passed.update(text, version)

    def remove_passed(self, text: PassedText, version: int) -> Delete:
        """The write once it was taken, or is not to be told."""
        return Delete(PASSED, text.id, version)
