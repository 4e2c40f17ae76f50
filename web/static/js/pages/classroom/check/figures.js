/**
 * What two ends of one loop say of the way between them (webrtc-stats). Pure: reports in, figures out.
 */

/** @typedef {"udp"|"turn-udp"|"turn-tcp"|"turn-tls"} Path */
/** @typedef {{at: number, sent: number, received: number, packets: number, lost: number, jitter: number|null,
 *   rtt: number|null, lossUp: number|null, room: number|null, path: Path|null}} Reading */
/** @typedef {{up_kbps: number, down_kbps: number, loss_up: number, loss_down: number, rtt_ms: number|null,
 *   jitter_ms: number|null, path: Path|null, packets: number}} Figures */

const RAMP_MS = 3_000; // the encoder and the estimate of the line begin low and probe: loss then says little
const RELAYS = { udp: "turn-udp", tcp: "turn-tcp", tls: "turn-tls" };

/** The way that a report's selected pair of addresses takes. @returns {Path|null} */
export function pathOf(report) {
  const pair = selected(report);
  const local = pair && report.get(pair.localCandidateId);
  if (!local) return null;
  if (local.candidateType !== "relay") return "udp";
  return RELAYS[local.relayProtocol ?? "udp"] ?? "turn-udp";
}

function selected(report) {
  const pairs = [...report.values()].filter(({ type }) => type === "candidate-pair");
  const transport = [...report.values()].find(({ type }) => type === "transport");
  const named = pairs.find(({ id }) => id === transport?.selectedCandidatePairId);
  return named ?? pairs.find((pair) => pair.selected || (pair.nominated && pair.state === "succeeded")) ?? null;
}

const sum = (entries, name) => entries.reduce((total, entry) => total + (entry[name] ?? 0), 0);
const most = (entries, name) => {
  const values = entries.map((entry) => entry[name]).filter((value) => value !== undefined);
  return values.length ? Math.max(...values) : null;
};

/**
 * One look at both ends.
 * @param {number} at ms of any clock @param {RTCStatsReport} out @param {RTCStatsReport} back
 * @returns {Reading}
 */
export function read(at, out, back) {
  const of = (report, type) => [...report.values()].filter((entry) => entry.type === type);
  const inbound = of(back, "inbound-rtp");
  const told = of(out, "remote-inbound-rtp");
  const rtt = selected(out)?.currentRoundTripTime ?? most(told, "roundTripTime");
  return {
    at,
    sent: sum(of(out, "outbound-rtp"), "bytesSent"),
    received: sum(inbound, "bytesReceived"),
    packets: sum(inbound, "packetsReceived"),
    lost: Math.max(0, sum(inbound, "packetsLost")),
    jitter: most(inbound.filter(({ kind }) => kind === "audio"), "jitter"),
    rtt,
    lossUp: most(told, "fractionLost"),
    room: selected(out)?.availableOutgoingBitrate ?? null,
    path: pathOf(out),
  };
}

const mean = (values) => (values.length ? values.reduce((total, value) => total + value, 0) / values.length : null);
const known = (readings, name) => readings.map((one) => one[name]).filter((value) => value !== null);
const kbps = (bytes, ms) => Math.round((bytes * 8) / Math.max(1, ms));

/** The best rate between two neighbouring looks: what the line took once, it can take. */
function peak(readings, name) {
  const steps = readings.slice(1).map((now, index) => kbps(now[name] - readings[index][name], now.at - readings[index].at));
  return Math.max(0, ...steps);
}

/**
 * What a series of looks comes to. The browser's own estimate of the line counts where it is higher than
 * what was sent: a still picture needs little. @param {Reading[]} readings @returns {Figures}
 */
export function figures(readings) {
  const [first, last] = [readings[0], readings[readings.length - 1]];
  const settled = readings.filter(({ at }) => at >= first.at + RAMP_MS);
  const from = settled[0] ?? first;
  const [lost, packets] = [last.lost - from.lost, last.packets - from.packets];
  const ms = (value) => (value === null ? null : Math.round(value * 1000));
  return {
    up_kbps: Math.max(peak(readings, "sent"), Math.round((last.room ?? 0) / 1000)),
    down_kbps: peak(readings, "received"),
    loss_up: mean(known(settled, "lossUp")) ?? 0,
    loss_down: Math.max(0, lost) / Math.max(1, lost + packets),
    rtt_ms: ms(mean(known(settled, "rtt")) ?? last.rtt),
    jitter_ms: ms(mean(known(settled, "jitter")) ?? last.jitter),
    path: last.path,
    packets: last.packets,
  };
}
