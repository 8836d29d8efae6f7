"""How agents are named where only their ids are kept."""

from __future__ import annotations

from collections.abc import Mapping

from hub.repositories.repositories import Repositories


async def agent_names(repositories: Repositories, ids: set[str]) -> Mapping[str, str]:
    """Names by id; "" and ids of nobody are left out."""
    agents = await repositories.agents.get_many(sorted(id for id in ids if id))
    return {id: agent.name for id, agent in agents.items()}
