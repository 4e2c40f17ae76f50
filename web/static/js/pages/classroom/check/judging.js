/** What figures mean for a lesson, as the codes that are kept. Pure. */

const SOUND_ONLY_KBPS = 150; // the lowest layer of a camera and speech need more
const SLOW_KBPS = 500; // a middling picture
const LOSSY = 0.05; // speech suffers from here
const DELAYED_MS = 300; // people begin to talk over each other
const JITTERY_MS = 50; // beyond what browsers even out without a notable delay
const SLOW_ANSWER_MS = 1_500; // of our own server

/** @param {import("./figures.js").Path|null} path */
export function way(path) {
  if (path === "turn-tcp" || path === "turn-tls") return "relayed_tcp";
  return path === "turn-udp" ? "relayed" : "ok";
}

/**
 * @param {import("./figures.js").Figures} seen
 * @param {{layer?: string, reason?: string}|undefined} told what the node says of the picture that came back
 */
export function speed({ up_kbps: up, down_kbps: down }, told) {
  const held = told?.reason === "your_network" ? told.layer : ""; // the best layer takes nodes longer to dare
  if (up < SOUND_ONLY_KBPS || held === "none") return "sound_only";
  if (up < SLOW_KBPS) return "slow_up";
  return held === "q" || down < SOUND_ONLY_KBPS ? "slow_down" : "ok";
}

/** @param {import("./figures.js").Figures} seen */
export function steadiness(seen) {
  if (!seen.packets) return "broken";
  if (Math.max(seen.loss_up, seen.loss_down) >= LOSSY) return "lossy";
  if ((seen.rtt_ms ?? 0) >= DELAYED_MS) return "delayed";
  return (seen.jitter_ms ?? 0) >= JITTERY_MS ? "jittery" : "ok";
}

/** @param {number} ms until the socket was open and the check had begun */
export function server(ms) {
  return ms >= SLOW_ANSWER_MS ? "slow" : "ok";
}
