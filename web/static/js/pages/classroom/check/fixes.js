/** What to do about what a check found, in this browser on this system. Pure: words only. */

const ADDRESS_BAR = {
  Chrome: "Click the sign at the left of the address bar, then “Site settings”, and allow it there.",
  Edge: "Click the lock at the left of the address bar, then “Permissions for this site”, and allow it there.",
  Firefox: "Click the crossed-out sign at the left of the address bar, and remove the block with the ×.",
  Safari: "In the menu, choose Safari, “Settings for this website”, and allow it there.",
};
const ON_PHONES = {
  Android: "Tap the sign at the left of the address, then “Permissions”, and allow it there.",
  iOS: "Open the Settings app, find this browser in the list of apps, and allow it there. Then load the page again.",
};
const SYSTEM_PRIVACY = {
  Windows: "In Windows: Settings, “Privacy & security”, and let desktop apps use it.",
  macOS: "On a Mac: System Settings, “Privacy & Security”, and tick this browser. Then restart the browser.",
  ChromeOS: "On a Chromebook: Settings, “Privacy controls”, and turn it on.",
};
const INPUT = {
  Windows: "In Windows: Settings, “System”, “Sound”: choose the right input and turn its volume up.",
  macOS: "On a Mac: System Settings, “Sound”, “Input”: choose the right one and turn its volume up.",
  Linux: "In the sound settings of the system, choose the right input and turn its volume up.",
};
const OUTPUT = {
  Windows: "In Windows: click the speaker in the task bar, and choose the right output.",
  macOS: "On a Mac: System Settings, “Sound”, “Output”: choose the right one.",
  iOS: "Turn the silent mode off, and the volume up.",
  Android: "Turn up the volume for media, not the one for calls.",
  Linux: "In the sound settings of the system, choose the right output.",
};

/** @typedef {{browser: string, system: string}} Place */

/** @param {Place} place */
const allow = ({ browser, system }) => [
  ON_PHONES[system] ?? ADDRESS_BAR[browser] ?? "Allow it for this site in the settings of your browser.",
  SYSTEM_PRIVACY[system],
];
const device = {
  denied: allow,
  missing: () => ["Plug it in, wait a moment, and check again.", "Some laptops have a key or a slider that turns it off."],
  busy: () => ["Close other programs that may use it: calls, recorders, other tabs.", "If nothing helps, restart the computer."],
  failed: () => ["Unplug it and plug it in again, or restart the browser.", "Choose another one in the settings of your browser."],
  insecure: () => ["Open this page by its https address: elsewhere browsers give no camera and no microphone."],
  unsupported: () => ["Use a current Chrome, Edge, Firefox or Safari."],
};
const otherNetwork = "Try another network: the hotspot of a phone tells at once whether yours is to blame.";
const closer = ["Come closer to the router, or use a cable.", "Stop downloads, backups and films on the same line.", "Turn a VPN off for the lesson."];

/** @type {Record<string, Record<string, (place: Place) => (string|undefined)[]>>} */
const FIXES = {
  browser: { old: () => ["Update your browser, or use a current Chrome, Edge, Firefox or Safari."] },
  camera: {
    ...device,
    dark: () => ["Is there a lid, a cap or a finger on the lens?", "Choose another camera in the settings of your browser."],
  },
  microphone: {
    ...device,
    silent: ({ system }) => ["Say something and check again. Many headsets have a mute switch on the cable.", INPUT[system]],
  },
  speaker: {
    unheard: ({ system }) => ["Turn the volume up, and look whether this tab is muted.", OUTPUT[system], "Headphones that were in use by another program need to be connected again."],
  },
  server: {
    slow: () => closer,
    blocked: () => ["A proxy, a firewall or an extension of the browser stops WebSocket connections to this site. Turn extensions off, or ask who runs the network to let them through.", otherNetwork],
  },
  way: {
    relayed_tcp: () => ["Your network blocks UDP, so the call goes a longer way over TCP. It works; pictures may stop for moments. A network that lets UDP out is better.", otherNetwork],
    blocked: () => ["Neither the direct way nor the one over our relay gets through. A firewall or a VPN stops it: turn the VPN off, or ask who runs the network.", otherNetwork],
    no_relay: () => ["Your network lets no UDP out, and this site has no relay that would lead round it. From here no call will work.", "Turn a VPN off, or ask who runs the network to let UDP out.", otherNetwork],
    unavailable: () => ["It is not you: the media server can't be reached just now. Check again in a few minutes."],
    full: () => ["It is not you: the media server takes no checks just now. Check again later."],
  },
  speed: {
    slow_up: () => ["Others will see you less sharp.", ...closer],
    slow_down: () => ["You will see others less sharp.", ...closer],
    sound_only: () => ["Turn your camera off in the lesson, and sound will be fine.", ...closer],
  },
  steadiness: {
    lossy: () => closer,
    delayed: () => ["Leave pauses: what you say arrives late.", ...closer],
    jittery: () => closer,
    broken: () => ["The connection is made, but nothing comes back. A VPN or a firewall may cut it: turn it off and check again.", otherNetwork],
  },
};

/** @param {string} part @param {string} code @param {Place} place @returns {string[]} */
export function fixes(part, code, place) {
  const found = FIXES[part]?.[code]?.(place) ?? [];
  return /** @type {string[]} */ (found.filter(Boolean));
}
