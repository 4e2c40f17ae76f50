/**
 * Cameras, microphones, speakers and screens: opening them, listing them, and what to say when the
 * browser refuses.
 */

/** @typedef {"camera"|"microphone"|"screen"} Device */
/** @typedef {{code: string, text: string}} Problem */
/** @typedef {{id: string, label: string}} Choice */

const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const SCREEN = { video: { frameRate: { ideal: 15, max: 30 } }, audio: true };

/** What the browser's error names mean (Media Capture and Streams, getUserMedia). */
const CODES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
};

const WORDS = {
  camera: {
    denied: "Your browser keeps the camera off for this page. Allow it at the left of the address bar, then turn it on again.",
    missing: "No camera found. Plug one in, or take part with sound only.",
    busy: "Another program is using the camera. Close it there, then turn it on again.",
    lost: "The camera was unplugged.",
    failed: "The camera did not start. Plug it in again, or choose another one.",
  },
  microphone: {
    denied: "Your browser keeps the microphone off for this page. Allow it at the left of the address bar, then turn it on again.",
    missing: "No microphone found. Plug one in, or listen and use the chat.",
    busy: "Another program is using the microphone. Close it there, then turn it on again.",
    lost: "The microphone was unplugged.",
    failed: "The microphone did not start. Plug it in again, or choose another one.",
  },
  screen: {
    denied: "Your system does not let the browser see the screen. Allow screen recording for it in the system settings.",
    missing: "There is no screen to share.",
    busy: "The screen can't be shared right now. Try a single window instead.",
    lost: "Sharing has stopped.",
    failed: "The screen can't be shared. Try a single window instead.",
  },
};
const BOTH = {
  denied: "Your browser keeps camera and microphone off for this page. Allow them at the left of the address bar, then try again.",
  missing: "No camera or microphone found. Plug one in, or watch and use the chat.",
};
const NO_ACCESS = {
  insecure: "This address is not secure (https), so the browser gives no camera or microphone. You can watch and use the chat.",
  unsupported: "This browser gives no camera or microphone. You can watch and use the chat, or open the room in another browser.",
};

/** Why no device can be opened at all on this page, or null. @returns {Problem|null} */
export function noAccess() {
  if (navigator.mediaDevices) return null;
  const code = window.isSecureContext ? "unsupported" : "insecure";
  return { code, text: NO_ACCESS[code] };
}

export function canShareScreen() {
  return "getDisplayMedia" in (navigator.mediaDevices ?? {});
}

/** @param {Device} device @param {string} code @returns {Problem} */
export function problem(device, code) {
  return { code, text: WORDS[device][code] ?? WORDS[device].failed };
}

/** One sentence for camera and microphone when both lack for the same reason. @returns {Problem|null} */
export function problemOfBoth(camera, microphone) {
  if (!camera || !microphone || camera.code !== microphone.code || !BOTH[camera.code]) return null;
  return { code: camera.code, text: BOTH[camera.code] };
}

/**
 * What went wrong in words; null when the person just closed the browser's screen picker.
 * @param {Device} device @param {Error} error @returns {Problem|null}
 */
export function explain(device, error) {
  const without = noAccess();
  if (without) return without;
  const code = CODES[error.name] ?? "failed";
  const closed = device === "screen" && code === "denied" && !/system/i.test(error.message);
  return closed ? null : problem(device, code);
}

/** One track; a chosen device that is gone gives way to the browser's default. */
async function open(device, constraints, id) {
  const kind = device === "camera" ? "video" : "audio";
  const wanted = id ? { ...constraints, deviceId: { exact: id } } : constraints;
  try {
    return (await navigator.mediaDevices.getUserMedia({ [kind]: wanted })).getTracks()[0];
  } catch (error) {
    if (!id || !["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    return open(device, constraints, "");
  }
}

/**
 * @param {"camera"|"microphone"} device @param {string} id "" for the default one
 * @param {boolean} noise whether background noise is taken out; music needs it left in
 */
export async function openDevice(device, id, noise = true) {
  const audio = { ...AUDIO, noiseSuppression: noise };
  const track = await open(device, device === "camera" ? VIDEO : audio, id);
  track.contentHint = device === "camera" ? "motion" : "speech";
  return track;
}

/** @returns {Promise<{screen: MediaStreamTrack, sound: MediaStreamTrack|null}>} */
export async function openScreen() {
  const stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
  const [screen] = stream.getVideoTracks();
  screen.contentHint = "detail"; // keep every pixel, give way in frames
  return { screen, sound: stream.getAudioTracks()[0] ?? null };
}

/**
 * What can be chosen. Without permission the browser gives no names, and the lists stay empty.
 * @returns {Promise<{camera: Choice[], microphone: Choice[], speaker: Choice[]}>}
 */
export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const of = (kind) =>
    all
      .filter((device) => device.kind === kind && device.deviceId && device.label)
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return { camera: of("videoinput"), microphone: of("audioinput"), speaker: of("audiooutput") };
}

/** Calls `changed` when something is plugged in or out. */
export function watchDevices(changed) {
  navigator.mediaDevices?.addEventListener?.("devicechange", changed);
}
