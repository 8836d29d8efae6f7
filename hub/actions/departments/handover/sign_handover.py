"""The department signs the sheet (对账单): it stands by the numbers of every file that was taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hub.model.agent import Agent, Permission
from hub.model.recipients.contact_import import ImportState
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, Stale
from hub.store.documents import Conflict, Documents, Write

NO_NAME = "请填写签字人的姓名，最多 40 个字"
NOTHING = "没有需要签字的文件"


class SignHandover:
    """Recorded by an administrator, who has the sheet of paper."""

    def __init__(self, documents: Documents, imports: ContactImportRepository, clock: Clock) -> None:
        self._documents = documents
        self._imports = imports
        self._clock = clock

    async def __call__(self, agent: Agent, department: str, name: str, seen: Collection[str]) -> None:
        """name: who signed. seen: ids of the files on the sheet that was signed. Raises `Forbidden`,
        `Invalid` (fields `name`, `form`); `Stale` when a file is not as it was on the sheet."""
        if not agent.may(Permission.DEPARTMENT_MANAGE):
            raise Forbidden(Permission.DEPARTMENT_MANAGE)
        name = " ".join(name.split())
        if not name or len(name) > 40:
            raise Invalid({"name": NO_NAME})
        if not seen:
            raise Invalid({"form": NOTHING})
        writes: list[Write] = []
        for import_id in sorted(seen):
            found = await self._imports.get(import_id)
            if (
                found is None
                or found.value.department != department
                or found.value.state is not ImportState.DONE
                or found.value.signed_at
            ):
                raise Stale("contact_import")
            signed = replace(found.value, signed_at=self._clock.now_ms(), signed_by=agent.id, signatory=name)
            writes.append(self._imports.update(signed, found.version))
        try:
            await self._documents.commit(writes)
        except Conflict:
            raise Stale("contact_import") from None
