"""The chain over sealed recordings shows every change, gap and swap."""

from dataclasses import replace

import msgspec
import pytest

from ivr.evidence.chain import GENESIS, Link, breaks, link
from ivr.evidence.recordings import Sealed


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for place in range(length):
        sealed = Sealed(f"{place:064x}", 1000 + place, 2.5 + place, f"00/{place:062x}.wav")
        links.append(
            link(
                links[-1] if links else None,
                sealed,
                call_id="CA1",
                recording_id=f"RE{place}",
                source_url=f"https://provider.example/RE{place}.wav",
                downloaded_at=1_700_000_000_000 + place,
                case_id="",
            )
        )
    return links


def test_a_whole_chain_has_no_breaks() -> None:
    links = chain(5)
    assert breaks(links) == ()
    assert links[0].previous_hash == GENESIS
    assert [one.seq for one in links] == [1, 2, 3, 4, 5]


def test_the_chain_survives_the_store() -> None:
    links = [msgspec.json.decode(msgspec.json.encode(one), type=Link) for one in chain(3)]
    assert breaks(links) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "f" * 64},
        {"duration_ms": 1},
        {"case_id": "another"},
        {"downloaded_at": 0},
        {"previous_hash": "0" * 64},
    ],
)
def test_a_changed_link_is_found(change: dict[str, str | int]) -> None:
    links = chain(4)
    links[2] = replace(links[2], **change)  # type: ignore[arg-type]
    assert any("link 3" in problem for problem in breaks(links))


def test_a_dropped_link_is_found() -> None:
    links = chain(4)
    del links[1]
    assert breaks(links) == ("link 2 is missing, 3 follows",)


def test_a_link_made_anew_breaks_the_next() -> None:
    links = chain(3)
    sealed = Sealed("e" * 64, 1, 1.0, "ee/.wav")
    links[1] = link(
        links[0], sealed, call_id="CA1", recording_id="RE1", source_url="", downloaded_at=0, case_id=""
    )
    assert breaks(links) == ("link 3 does not follow the link before it",)
