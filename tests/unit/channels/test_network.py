"""A provider may send us into the world or where it stands itself, and no further inside."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from channels.network import Network, may_lead, network_of

HOMES = {"public": "47.100.1.1", "private": "10.0.0.5", "this machine": "127.0.0.1"}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("47.100.1.1", Network.PUBLIC),
        ("2400:3200::1", Network.PUBLIC),
        ("10.1.2.3", Network.PRIVATE),
        ("172.16.0.1", Network.PRIVATE),
        ("192.168.1.1", Network.PRIVATE),
        ("100.64.0.1", Network.PRIVATE),
        ("fd00::1", Network.PRIVATE),
        ("127.0.0.1", Network.THIS_MACHINE),
        ("::1", Network.THIS_MACHINE),
        ("::ffff:127.0.0.1", Network.THIS_MACHINE),
        ("::ffff:10.0.0.1", Network.PRIVATE),
        ("169.254.169.254", Network.NOWHERE),
        ("fe80::1", Network.NOWHERE),
        ("::", Network.NOWHERE),
        ("224.0.0.1", Network.NOWHERE),
    ],
)
def test_every_address_belongs_to_one_network(address: str, network: Network) -> None:
    assert network_of(ip_address(address)) is network


@pytest.mark.parametrize(
    ("home", "there", "allowed"),
    [
        ("public", ["47.100.1.2"], True),
        ("public", ["10.0.0.1"], False),
        ("public", ["127.0.0.1"], False),
        ("public", ["47.100.1.2", "10.0.0.1"], False),
        ("private", ["10.9.9.9"], True),
        ("private", ["47.100.1.2"], True),
        ("private", ["127.0.0.1"], False),
        ("private", ["169.254.169.254"], False),
        ("this machine", ["127.0.0.1"], True),
        ("this machine", ["10.0.0.1"], False),
        ("public", [], False),
    ],
)
def test_nobody_sends_us_further_inside_than_it_stands(home: str, there: list[str], allowed: bool) -> None:
    assert may_lead([ip_address(HOMES[home])], [ip_address(one) for one in there]) is allowed
