/**
 * How well media travels, by getStats() (webrtc-stats) and by what the server measures. Pure: reports in,
 * scores 0 to 5 and plain words out.
 */

/** @typedef {import("./messages.js").QualityReport} QualityReport */
/** @typedef {{score: number, reason: string, paused?: boolean}} Quality `paused`: no picture is sent */
/** @typedef {{received: number, lost: number, kind: string}} Counter */

const LOSS_STEPS = [0.01, 0.03, 0.06, 0.12, 0.25]; // each costs a point; speech suffers from about 5 %
const RTT_STEPS_MS = [250, 400, 700]; // people start to talk over each other from about 300 ms

function stepsPassed(value, steps) {
  return steps.filter((step) => value >= step).length;
}

/** @param {number} loss share of packets, 0 to 1 @param {number} rttMs @returns {Quality} */
export function rate(loss, rttMs) {
  const byLoss = stepsPassed(loss, LOSS_STEPS);
  const byDelay = stepsPassed(rttMs, RTT_STEPS_MS);
  const score = Math.max(0, 5 - byLoss - byDelay);
  if (byLoss && byLoss >= byDelay) return { score, reason: `${Math.round(loss * 100)} % of packets are lost` };
  if (byDelay) return { score, reason: `Slow connection: ${Math.round(rttMs)} ms` };
  return { score, reason: "Good connection" };
}

/** What one report says. @param {RTCStatsReport} report */
export function readReport(report) {
  /** @type {Map<string, Counter>} */
  const received = new Map();
  let rttMs = 0;
  let sendLoss = 0;
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp" && entry.mid !== undefined) {
      received.set(entry.mid, { received: entry.packetsReceived, lost: entry.packetsLost, kind: entry.kind });
    } else if (entry.type === "candidate-pair" && entry.nominated && entry.currentRoundTripTime) {
      rttMs = entry.currentRoundTripTime * 1000;
    } else if (entry.type === "remote-inbound-rtp") {
      sendLoss = Math.max(sendLoss, entry.fractionLost ?? 0);
    }
  }
  return { received, rttMs, sendLoss };
}

/** @param {Counter|undefined} before @param {Counter} now */
function change(before, now) {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  return { received, loss: lost / Math.max(1, received + lost) };
}

/**
 * Each remote participant's quality between two readings.
 * @param {{mid: string, participant: string, source: string}[]} tracks
 * @param {Set<string>} sending participants whose camera should be arriving
 */
export function compare(before, now, tracks, sending) {
  /** @type {Map<string, Quality>} */
  const scores = new Map();
  for (const { mid, participant, source } of tracks) {
    const counter = now.received.get(mid);
    if (!counter || !before.received.has(mid)) continue;
    const { received, loss } = change(before.received.get(mid), counter);
    const silent = source === "camera" && sending.has(participant) && received === 0;
    const found = silent ? { score: 1, reason: "No picture is arriving" } : rate(loss, now.rttMs);
    const known = scores.get(participant);
    if (!known || found.score < known.score) scores.set(participant, found);
  }
  return scores;
}

const OWN = {
  your_network: "Your connection is slow: pictures are less sharp for now",
};
const OTHERS = {
  your_network: "Your connection is slow: this picture is less sharp for now",
  their_network: "Their connection is slow",
  waiting: "The picture is on its way",
};
const AT_MOST = 3; // where there is a reason to name, not everything is fine
const NO_PICTURE = "Your connection is too slow for this picture. You still hear them";

/** Whether the reader's link has no room for a picture that is otherwise there. */
export function isPaused(report) {
  return report?.layer === "none" && report.reason === "your_network";
}

/** @param {QualityReport} report @param {boolean} own */
function words(report, own) {
  if (!own && isPaused(report)) return NO_PICTURE;
  return (own ? OWN : OTHERS)[report.reason ?? ""];
}

/**
 * The worse of what the server says and what the browser sees; the server knows why.
 * @param {QualityReport|undefined} report @param {Quality|undefined} measured @param {boolean} own
 * @returns {Quality|undefined}
 */
export function judge(report, measured, own) {
  if (!report) return measured;
  const told = rate(report.loss, report.rtt_ms ?? 0);
  const why = words(report, own);
  const score = Math.round(Math.min(report.score, measured?.score ?? 5, why ? AT_MOST : 5));
  const seen = measured && measured.score < told.score ? measured : told;
  return { score, reason: why ?? seen.reason, paused: !own && isPaused(report) };
}
