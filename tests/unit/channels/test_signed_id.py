"""Ids of deliveries that only we can write."""

from __future__ import annotations

import pytest

from channels.signed_id import BOUNCE, UNSUBSCRIBE, SignedIds

ID = "01k5q9w0000000000000000000"
OURS = SignedIds(b"k" * 32)


def test_an_address_of_ours_names_its_delivery_also_in_capitals() -> None:
    address = OURS.address(BOUNCE, ID, "police.example")
    assert OURS.delivery_at(BOUNCE, address) == ID
    assert OURS.delivery_at(BOUNCE, address.upper()) == ID
    assert len(address.rpartition("@")[0]) <= 64


def test_one_purpose_does_not_serve_another() -> None:
    signed = OURS.sign(UNSUBSCRIBE, ID)
    assert OURS.delivery_of(UNSUBSCRIBE, signed) == ID
    assert OURS.delivery_of(BOUNCE, signed) is None
    assert OURS.delivery_at(BOUNCE, OURS.address(UNSUBSCRIBE, ID, "x")) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ID,
        f"{ID}-aaaaaaaaaaaaaaaa",
        SignedIds(b"x" * 32).sign(BOUNCE, ID),
        OURS.sign(BOUNCE, ID)[:-1],
        OURS.sign(BOUNCE, ID) + "a",
        "01k5q9w0000000000000000001" + OURS.sign(BOUNCE, ID)[26:],
        "é" * 43,
    ],
)
def test_what_we_did_not_write_names_nothing(forged: str) -> None:
    assert OURS.delivery_of(BOUNCE, forged) is None
