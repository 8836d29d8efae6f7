"""Whether letters stand still that nobody could read."""

from __future__ import annotations

from hub.repositories.letters import unreadable
from hub.runtime.finding import Finding, Level
from hub.store.documents import Documents


async def check_letters(documents: Documents) -> Finding:
    """All of them, also those behind the compartment: who has a shell here is outside its promise."""
    count = await unreadable(documents, outside_only=False)
    if not count:
        return Finding(Level.OK, "letters", "来信均可读取 (all letters could be read)")
    return Finding(
        Level.WARN,
        "letters",
        f"{count} 封来信无法读取，已登记为工单 (letters could not be read; each is a case)",
        "工作台“无法读取的来信”写明原因；修好后在那里重新读取 (the page tells why; read again there)",
    )
