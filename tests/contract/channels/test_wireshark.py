"""Wireshark reads what we write: somebody else's decoder, where it is installed (Debian's `tshark`).

Its decoder of CMPP knows version 3.0 only, and it has none of SGIP and SMGP: those have their golden bytes.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from channels.address import Address, AddressKind
from channels.carrier.common_head import write
from channels.carrier.link import LinkLimits
from channels.cmpp.pdu import CMPP_3 as LAYOUT
from channels.cmpp.pdu import Command, Submit
from tests.contract.channels.gateway_desk import CMPP_3, LONG, SMPP, Speaks, desk, eventually, text

PORTS = {CMPP_3.name: 7890, SMPP.name: 2775}
needs_tshark = pytest.mark.skipif(
    shutil.which("tshark") is None or shutil.which("text2pcap") is None,
    reason="needs tshark and text2pcap (Debian: apt-get install tshark)",
)


async def everything_said(speaks: Speaks) -> list[bytes]:
    """One of each message that we write: login, texts in every form, answers, keep-alive, goodbye."""
    async with desk(speaks=speaks, limits=LinkLimits(answer_seconds=5, idle_seconds=0.5)) as here:
        foreign = Address(AddressKind.PHONE, "+14155550100")
        await asyncio.gather(
            here.sms.send(text()),
            here.sms.send(text("In case of fire call 119", delivery_id="d2")),
            here.sms.send(text(LONG, delivery_id="d3")),
            here.sms.send(text("😱" * 35, delivery_id="d4", to=foreign)),
        )
        await here.gateway.push("13800138000", "12110", "护栏".encode("utf-16-be"))
        await here.gateway.report(here.gateway.taken[0], "DELIVRD")
        await eventually(lambda: here.gateway.tested > 0)
    return here.gateway.heard


def decoded(heard: list[bytes], port: int, protocol: str, folder: Path, *more: str) -> str:
    """What tshark prints of these messages, one segment each."""
    dump = folder / "heard.hex"
    lines = [
        f"{at:06x} {message[at : at + 16].hex(' ')}" for message in heard for at in range(0, len(message), 16)
    ]
    dump.write_text("\n".join(lines) + "\n")
    capture = str(folder / "heard.pcap")
    convert = ["text2pcap", "-q", "-T", f"40000,{port}", str(dump), capture]
    subprocess.run(convert, check=True, capture_output=True)
    read = ["tshark", "-r", capture, "-d", f"tcp.port=={port},{protocol}", *more]
    return subprocess.run(read, check=True, capture_output=True, text=True).stdout


@needs_tshark
@pytest.mark.parametrize(
    ("speaks", "protocol", "field", "commands"),
    [
        # CONNECT, SUBMIT, DELIVER_RESP, ACTIVE_TEST, TERMINATE
        (CMPP_3, "cmpp", "cmpp.Command_Id", {0x1, 0x4, 0x80000005, 0x8, 0x2}),
        # bind_transceiver, submit_sm, deliver_sm_resp, enquire_link, unbind
        (SMPP, "smpp", "smpp.command_id", {0x9, 0x4, 0x80000005, 0x15, 0x6}),
    ],
    ids=["cmpp 3.0", "smpp 3.4"],
)
async def test_every_message_is_read_and_none_is_malformed(
    speaks: Speaks, protocol: str, field: str, commands: set[int], tmp_path: Path
) -> None:
    heard = await everything_said(speaks)
    port = PORTS[speaks.name]
    # Nothing may be malformed; what is not the protocol's would not have its command.
    printed = decoded(heard, port, protocol, tmp_path, "-T", "fields", "-e", field, "-e", "_ws.malformed")
    rows = [line.split("\t") for line in printed.splitlines()]
    assert [row[1:] for row in rows] == [[""]] * len(heard)
    assert {int(row[0], 0) for row in rows} == commands
    assert [int(row[0], 0) for row in rows] == [int.from_bytes(one[4:8], "big") for one in heard]


@needs_tshark
def test_a_message_that_is_cut_is_seen_to_be_malformed(tmp_path: Path) -> None:
    """So that the test above can fail."""
    submit = write(Command.SUBMIT, 1, Submit("12110", 8, "901234", "13800138000", b"\x90\x00").body(LAYOUT))
    cut = (len(submit) - 40).to_bytes(4, "big") + submit[4:-40]
    assert "alformed" in decoded([cut], 7890, "cmpp", tmp_path, "-Y", "_ws.malformed", "-O", "cmpp")
