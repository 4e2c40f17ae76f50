/** The step of the connection: the way there, how fast, how steady; as codes, figures and words. */

import { figures } from "./figures.js";
import * as judging from "./judging.js";
import { CheckError, Loop } from "./loop.js";
import { made, play } from "./steps.js";

const MEASURE_MS = 12_000; // encoders and estimates of the line take some seconds to rise
const LOOK_MS = 1_000;

const SAID = {
  server: { blocked: "This site can't be reached by a WebSocket.", slow: "The site answers slowly." },
  way: {
    relayed_tcp: "The call goes through, but only over TCP by our relay.",
    blocked: "The media server can't be reached, neither directly nor by the relay.",
    no_relay: "The media server can't be reached: this network lets no UDP through.",
    unavailable: "The media server is away just now.",
    full: "The media server takes no checks just now.",
  },
  speed: {
    slow_up: "Your upload is slow.",
    slow_down: "Your download is slow.",
    sound_only: "The line is enough for sound only.",
  },
  steadiness: {
    lossy: "Packets get lost on the way.",
    delayed: "What you say arrives late.",
    jittery: "The connection is uneven.",
    broken: "The connection is made, but nothing comes back.",
  },
};
const PATHS = { udp: "Direct, UDP", "turn-udp": "Relay, UDP", "turn-tcp": "Relay, TCP", "turn-tls": "Relay, TLS" };
const THROTTLED = "You checked many times just now. Wait some minutes.";

const skipped = () => ({ code: "skipped" });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {string} part @param {string} code @returns {string} "" where all is well */
export function words(part, code) {
  return SAID[part]?.[code] ?? "";
}

/**
 * @param {import("./steps.js").Step} step
 * @param {string} url of the socket
 * @param {Record<"camera"|"microphone", MediaStreamTrack>} tracks
 * @param {(share: number) => void} progress 0 to 1
 * @returns {Promise<Record<"server"|"way"|"speed"|"steadiness", any>>}
 */
export async function tryConnection(step, url, tracks, progress) {
  const found = { server: skipped(), way: skipped(), speed: skipped(), steadiness: skipped() };
  const loop = new Loop(url);
  addEventListener("pagehide", () => loop.close());
  try {
    step.begin("Reaching the server…");
    const ms = await loop.open();
    found.server = { code: judging.server(ms), ms };
    step.say("Looking for a way to the media server…");
    const connect_ms = await loop.connect(tracks, (track) => play(step.find("returned"), track));
    await measure(step, loop, found, progress);
    found.way = { ...found.way, connect_ms, node: loop.node };
    if (loop.iceServers.length) {
      step.say("Trying the relay as well, for networks that are less open…");
      found.way.relays = await loop.relays(tracks.microphone, found.way.path);
    }
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    fail(found, error, loop);
  }
  loop.close();
  step.find("returned").hidden = true;
  showFigures(step.find("figures"), found);
  return found;
}

/** What stopped it, under the part that it stopped. */
function fail(found, { code, message }, loop) {
  if (code === "throttled") throw new Error(THROTTLED);
  if (code === "media_unavailable") found.way = { code: "unavailable" };
  else if (code === "media_full") found.way = { code: "full" };
  else if (code === "no_way") found.way = { code: loop.iceServers.length ? "blocked" : "no_relay", node: loop.node };
  else if (code === "blocked" && found.server.code === "skipped") found.server = { code: "blocked" };
  else if (message) throw new Error(message);
  else found.way = { code: "unavailable" };
}

/** Fill in how fast and how steady it is, and the way that it goes. */
async function measure(step, loop, found, progress) {
  step.say("Measuring: your picture goes to the media server and back…");
  const readings = [];
  const began = performance.now();
  while (performance.now() - began < MEASURE_MS) {
    const reading = await loop.look();
    if (reading) readings.push(reading);
    progress((performance.now() - began) / MEASURE_MS);
    await pause(LOOK_MS);
  }
  if (!readings.length) throw new CheckError("media_unavailable", "");
  const { path, packets, ...seen } = figures(readings);
  const all = { path, packets, ...seen };
  found.way = { code: judging.way(path), path: path ?? undefined };
  found.speed = { code: judging.speed(all, loop.told), up_kbps: seen.up_kbps, down_kbps: seen.down_kbps };
  const { loss_up, loss_down, rtt_ms, jitter_ms } = seen;
  found.steadiness = { code: judging.steadiness(all), loss_up, loss_down, rtt_ms, jitter_ms };
}

const mbps = (kbps) => (kbps >= 1000 ? `${(kbps / 1000).toFixed(1)} Mbit/s` : `${kbps} kbit/s`);
const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** @returns {[string, string][]} */
function rows({ server, way, speed, steadiness }) {
  const through = Object.entries(way.relays ?? {}).map(([path, led]) => `${path.slice(5).toUpperCase()} ${led ? "works" : "blocked"}`);
  /** @type {[string, any, (value: any) => string][]} */
  const all = [
    ["Way", way.path, (path) => PATHS[path]],
    ["Site answers in", server.ms, (ms) => `${ms} ms`],
    ["Connected in", way.connect_ms, (ms) => `${(ms / 1000).toFixed(1)} s`],
    ["Delay, there and back", steadiness.rtt_ms, (ms) => `${ms} ms`],
    ["Jitter", steadiness.jitter_ms, (ms) => `${ms} ms`],
    ["Lost on the way up", steadiness.loss_up, percent],
    ["Lost on the way down", steadiness.loss_down, percent],
    ["Up, at least", speed.up_kbps, mbps],
    ["Down, at least", speed.down_kbps, mbps],
    ["Relay", through.join(", ") || null, String],
  ];
  return all.filter(([, value]) => value !== undefined && value !== null).map(([name, value, tell]) => [name, tell(value)]);
}

function showFigures(list, found) {
  const shown = rows(found);
  list.replaceChildren(...shown.map(([name, value]) => {
    const pair = made("div", "");
    pair.append(made("dt", name), made("dd", value));
    return pair;
  }));
  list.hidden = !shown.length;
}
