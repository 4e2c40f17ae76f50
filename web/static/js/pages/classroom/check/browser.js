/** Which browser on which system this is, and whether it can hold a video call. */

/** @type {[RegExp, string][]} the first that fits: most call themselves by several names */
const BROWSERS = [
  [/\bEdg(?:A|iOS)?\/(\d+)/, "Edge"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/(?:Chrome|Chromium|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+).* Safari\//, "Safari"],
];
/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad|iPod/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** @param {string} agent navigator.userAgent @returns {{browser: string, version: string, system: string}} */
export function identify(agent) {
  const found = BROWSERS.find(([pattern]) => pattern.test(agent));
  const version = found ? (agent.match(found[0])?.[1] ?? "") : "";
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
  return { browser: found?.[1] ?? "", version, system };
}

/** What of a call's needs is missing. @returns {string[]} */
export function missing() {
  const needs = {
    "video calls (WebRTC)": "RTCPeerConnection" in window && "addTransceiver" in RTCPeerConnection.prototype,
    WebSocket: "WebSocket" in window,
    sound: "AudioContext" in window,
  };
  return Object.entries(needs).filter(([, there]) => !there).map(([name]) => name);
}
