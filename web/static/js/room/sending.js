/**
 * What each source is sent as. Video goes out in layers (simulcast), so that each receiver gets what its
 * link and its window can take, and nobody is slowed down by another. Pure.
 */

/** @typedef {import("./messages.js").Source} Source */
/** @typedef {{rid?: string, active?: boolean, scaleResolutionDownBy?: number, maxBitrate?: number,
 *   maxFramerate?: number}} Layer */

const USUAL = { width: 1280, height: 720 }; // until there is a track
const BITS_PER_PIXEL = 2.7; // and second, for the full picture: 720p at 2.5 Mbit/s

/**
 * A camera's layers by the pixels of its picture. Chromium sends only as many as fit a picture's size
 * and leaves out the highest: a small camera's best picture therefore goes into a lower layer.
 */
const CAMERA = [
  { from: 960 * 540, scales: { q: 4, h: 2, f: 1 } },
  { from: 480 * 270, scales: { q: 2, h: 1 } },
  { from: 0, scales: { q: 1 } },
];
const CAMERA_LIMITS = { q: 150_000, h: 500_000 }; // bit/s of a layer that is not the full picture
const RIDS = ["q", "h", "f"];

/** Text stays sharp: layers differ in frames only. The lower one and speech fit through 500 kbit/s. */
const SCREEN = [
  { rid: "q", scaleResolutionDownBy: 1, maxBitrate: 400_000, maxFramerate: 5 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 15 },
];

/** @param {{width: number, height: number}} size @returns {Layer[]} */
export function cameraLayers({ width, height }) {
  const pixels = width * height;
  const { scales } = /** @type {any} */ (CAMERA.find(({ from }) => pixels >= from));
  const full = Math.round(pixels * BITS_PER_PIXEL);
  return RIDS.map((rid) => {
    const scale = scales[rid];
    if (!scale) return { rid, active: false };
    const maxBitrate = scale === 1 ? full : CAMERA_LIMITS[rid];
    return { rid, active: true, scaleResolutionDownBy: scale, maxBitrate };
  });
}

/** @param {Source} source @param {MediaStreamTrack|null} track @returns {Layer[]} lowest first */
function layers(source, track) {
  if (source === "screen") return SCREEN.map((layer) => ({ ...layer, active: true }));
  const { width = USUAL.width, height = USUAL.height } = track?.getSettings() ?? USUAL;
  return cameraLayers({ width, height });
}

/** @param {Source} source @returns {"audio"|"video"} */
export function kindOf(source) {
  return source === "camera" || source === "screen" ? "video" : "audio";
}

/** The encodings that a new section begins with. @returns {Layer[]} */
export function encodings(source, track) {
  return kindOf(source) === "video" ? layers(source, track) : [{}];
}

/**
 * RTCRtpSendParameters as they should be for `track`. A far end that takes no layers leaves one
 * encoding: that one then is the full picture.
 */
export function fitted(source, parameters, track) {
  if (kindOf(source) === "audio") return parameters;
  const wanted = layers(source, track);
  const best = wanted.filter(({ active }) => active).at(-1);
  const one = parameters.encodings.length === 1;
  const fit = (encoding) => {
    const layer = one ? best : wanted.find(({ rid }) => rid === encoding.rid);
    return { ...encoding, ...layer, ...(one && { rid: encoding.rid }) };
  };
  const result = { ...parameters, encodings: parameters.encodings.map(fit) };
  return source === "screen" ? { ...result, degradationPreference: "maintain-resolution" } : result;
}
