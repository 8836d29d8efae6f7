// A gateway made with npm's smpp: throttles the first text, takes the others, reports on each, brings one text.
const smpp = require("smpp");

let asked = 0;
const server = smpp.createServer((session) => {
  session.on("error", () => {});
  session.on("bind_transceiver", (pdu) => {
    const known = pdu.system_id === "901234" && pdu.password === "s3cret";
    session.send(pdu.response({ command_status: known ? 0 : smpp.ESME_RINVPASWD }));
    if (known) {
      session.deliver_sm({
        source_addr: "13800138000", destination_addr: "12110", data_coding: 8,
        short_message: { message: Buffer.from("\u62a4\u680f", "utf16le").swap16() },
      });
    }
  });
  session.on("submit_sm", (pdu) => {
    asked += 1;
    if (asked === 1) {
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    const id = `00${asked.toString(16)}F`;
    session.send(pdu.response({ message_id: id }));
    session.deliver_sm({
      source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2606031425 done date:2606031426 stat:DELIVRD err:000 text:`,
    });
    console.log(JSON.stringify({
      to: pdu.destination_addr, coding: pdu.data_coding, udh: pdu.esm_class, wants: pdu.registered_delivery,
    }));
  });
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => { session.send(pdu.response()); session.close(); });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on("end", () => process.exit(0)).resume();
