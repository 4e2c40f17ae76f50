/** Camera, microphone and speaker: the browser's permission, a picture, a voice, a tone that is heard. */

import { explain, noAccess, openDevice } from "../../../room/devices.js";
import { LevelMeter } from "../../../room/level.js";
import { play, Step } from "./steps.js";

const LOOK_MS = 1_500; // cameras begin dark and adjust
const DARK = 4; // of 255, on average
const LISTEN_MS = 8_000;
const LOUD = 0.45; // on the meter's scale: speech is above, a quiet room below
const LOUD_LOOKS = 3;
const METER_MS = 80;
const TONE = [523, 659, 784]; // Hz, one after the other
const NOTE_S = 0.35;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** @typedef {{track: MediaStreamTrack|null, code: string, label: string, words: string}} Tried */

/** @param {"camera"|"microphone"} device @returns {Promise<Tried>} */
async function open(device) {
  try {
    if (noAccess()) throw new TypeError("no devices");
    const track = await openDevice(device, "");
    return { track, code: "ok", label: track.label.slice(0, 80), words: "" };
  } catch (error) {
    const why = explain(device, error);
    return { track: null, code: why?.code ?? "failed", label: "", words: why?.text ?? "" };
  }
}

/** @param {Step} step @returns {Promise<Tried>} */
export async function tryCamera(step) {
  step.begin("Allow the camera if your browser asks.");
  const tried = await open("camera");
  if (!tried.track) return tried;
  const video = play(step.find("picture"), tried.track);
  await pause(LOOK_MS);
  if (brightness(video) < DARK) return { ...tried, code: "dark", words: "The camera gives a black picture." };
  const { width = 0, height = 0 } = tried.track.getSettings();
  return { ...tried, words: `You can be seen. ${tried.label || "Camera"}, ${width} × ${height}.` };
}

/** Mean of all colours of a small copy, 0 to 255. */
function brightness(video) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [16, 9];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(video, 0, 0, 16, 9);
  const dots = pen.getImageData(0, 0, 16, 9).data;
  return dots.reduce((total, value, index) => total + (index % 4 === 3 ? 0 : value), 0) / (16 * 9 * 3);
}

/** @param {Step} step @returns {Promise<Tried>} */
export async function tryMicrophone(step) {
  step.begin("Allow the microphone if your browser asks.");
  const tried = await open("microphone");
  if (!tried.track) return tried;
  step.say("Say something, at the loudness of a lesson.");
  const heard = await listen(tried.track, step.find("meter"));
  if (heard) return { ...tried, words: `You can be heard. ${tried.label}` };
  return { ...tried, code: "silent", words: "The microphone is silent: nothing was heard for eight seconds." };
}

/** Whether a voice was heard, shown on the meter while it lasts. */
async function listen(track, box) {
  const meter = new LevelMeter();
  meter.listen(track);
  box.hidden = false;
  let loud = 0;
  for (const until = performance.now() + LISTEN_MS; loud < LOUD_LOOKS && performance.now() < until;) {
    const level = meter.read();
    loud += level > LOUD ? 1 : 0;
    box.style.setProperty("--level", level.toFixed(2));
    box.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    await pause(METER_MS);
  }
  meter.close();
  return loud >= LOUD_LOOKS;
}

/** Three notes. @param {AudioContext} context */
async function sound(context) {
  await context.resume();
  const volume = new GainNode(context, { gain: 0.2 });
  volume.connect(context.destination);
  TONE.forEach((frequency, index) => {
    const note = new OscillatorNode(context, { frequency });
    note.connect(volume);
    note.start(context.currentTime + index * NOTE_S);
    note.stop(context.currentTime + (index + 1) * NOTE_S);
  });
}

/** @param {Step} step @returns {Promise<{code: string, words: string}>} */
export async function trySpeaker(step) {
  step.begin("Did you hear three notes?");
  const context = new AudioContext();
  const question = step.find("question");
  question.hidden = false;
  sound(context);
  question.querySelector("button").focus({ preventScroll: true });
  const code = await new Promise((answered) => {
    question.onclick = ({ target }) => {
      const answer = target.closest("[data-answer]")?.dataset.answer;
      if (answer === "again") sound(context);
      else if (answer) answered(answer);
    };
  });
  question.hidden = true;
  context.close();
  return { code, words: code === "ok" ? "You hear others." : "You did not hear the tone." };
}
