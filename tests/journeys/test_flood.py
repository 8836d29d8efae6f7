"""Many texts of one number are one alarm of the desk, which rings again only for what is new."""

from __future__ import annotations

from hub.model.agent import Agent
from hub.model.cases.history import HistoryKind
from tests.journeys.test_cmpp import Office
from tests.journeys.test_desks import DANGER, desk, officer, written
from tests.world import eventually

__all__ = ["desk"]
ASKS = "你们什么时候到"


async def until_there(desk: Office, who: Agent, count: int) -> None:
    """As soon as the one alarm that the officer has in hand, or that rings, holds so many texts."""

    async def look() -> bool:
        board = await desk.hub.hub.alarms.read(who)
        cards = [*board.ringing.cards, *board.elsewhere.lines, *board.in_hand.cards]
        return [card.report.texts for card in cards] == [count]

    await eventually(look)


async def test_a_flood_is_one_row_that_rings_for_new_signs_and_for_another_desk(desk: Office) -> None:
    east, traffic = await officer(desk, "east", "dc"), await officer(desk, "traffic", "jj")
    board, in_hand = desk.hub.hub.alarms.read, desk.hub.hub.alarms.in_hand
    await written(desk, "12110991", DANGER)
    await until_there(desk, east, 1)
    [card] = (await board(east)).ringing.cards
    case_id = card.case.id
    await in_hand.take(east, case_id)
    taken_at = (await board(east)).in_hand.cards[0].alarm.confirmed_at

    for number in range(2, 12):
        await written(desk, "12110991", DANGER if number % 2 else f"{ASKS}{number}", id=number)
    await until_there(desk, east, 11)
    assert await board.unconfirmed(east) == 0  # the same words again wake nobody
    [card] = (await board(east)).in_hand.cards
    assert card.report.newest == DANGER
    assert all(f"{ASKS}{number}" in card.report.text for number in range(2, 12, 2))

    await written(desk, "12110991", "着火了 出不去", id=12)
    await until_there(desk, east, 12)
    assert await board.unconfirmed(east) == 1
    [card] = (await board(east)).ringing.cards
    assert (card.case.id, card.report.newest) == (case_id, "着火了 出不去")
    assert await board.unconfirmed(traffic) == 0
    await in_hand.take(east, case_id)

    await written(desk, "1211099101", ASKS, id=13)
    await until_there(desk, traffic, 13)
    assert await board.unconfirmed(traffic) == 1
    [card] = (await board(traffic)).ringing.cards
    assert (card.case.id, card.desk) == (case_id, "东城公安局、东城交警")
    await in_hand.take(traffic, case_id)
    await written(desk, "1211099101", ASKS, id=14)  # that desk knows of it
    await until_there(desk, east, 14)
    assert await board.unconfirmed(traffic) == 0
    [card] = (await board(east)).in_hand.cards
    assert card.alarm.confirmed_at == taken_at  # how long it took is counted to the first
    kinds = [entry.kind for entry in await desk.hub.hub.repositories.cases.whole_history(case_id)]
    assert (kinds.count(HistoryKind.DANGER_ANEW), kinds.count(HistoryKind.OTHER_DESK)) == (1, 1)
