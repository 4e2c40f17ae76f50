/** The technical check's page: one step after the other, then what it comes to, which the server keeps. */

import { identify, missing } from "./check/browser.js";
import { tryConnection, words } from "./check/connection.js";
import { fixes } from "./check/fixes.js";
import { tryCamera, tryMicrophone, trySpeaker } from "./check/own.js";
import { picture, tone } from "./check/standins.js";
import { announce, made, part, Step } from "./check/steps.js";

const page = /** @type {HTMLElement} */ (document.querySelector("[data-facts]"));
const data = JSON.parse(page.dataset.facts ?? "{}");
const csrf = page.dataset.csrf ?? "";
const place = identify(navigator.userAgent);
const steps = Object.fromEntries(["browser", "camera", "microphone", "speaker", "connection"].map((name) => [name, new Step(name)]));
const PARTS_OF_CONNECTION = ["server", "way", "speed", "steadiness"];
const ORDER = ["ready", "limited", "failed"];
const WORDS = {
  ready: ["You are ready", "Camera, sound and connection work. Use the same device and network in the lesson."],
  limited: ["You can take part", "The lesson will work from here, with less than all of it:"],
  failed: ["It does not work from here yet", "With what we found, you could not take part in the lesson:"],
};
const IN_PROGRESS = { browser: 2, camera: 12, microphone: 25, speaker: 38, connection: 50 }; // percent when it begins

const weight = (name, { code }) => data.weights[name][code] ?? "ready";
const worst = (weights) => weights.sort((one, other) => ORDER.indexOf(other) - ORDER.indexOf(one))[0];

function tryBrowser() {
  steps.browser.begin("Looking…");
  const lacks = missing();
  const name = [place.browser, place.version].filter(Boolean).join(" ") || "This browser";
  const system = place.system ? ` on ${place.system}` : "";
  const told = lacks.length ? `${name}${system} has no ${lacks.join(", no ")}.` : `${name}${system} can hold video calls.`;
  return { code: lacks.length ? "old" : "ok", name: name.slice(0, 80), system: place.system, words: told };
}

function finish(name, tried) {
  steps[name].end(weight(name, tried), tried.words, fixes(name, tried.code, place));
}

function finishConnection(found) {
  const told = PARTS_OF_CONNECTION.map((name) => words(name, found[name].code)).filter(Boolean);
  const advice = PARTS_OF_CONNECTION.flatMap((name) => fixes(name, found[name].code, place));
  const weights = PARTS_OF_CONNECTION.map((name) => weight(name, found[name]));
  steps.connection.end(worst(weights), told.join(" ") || "The way to the media server is open.", [...new Set(advice)]);
}

/** @returns {Promise<any>} what is found, by parts */
async function run() {
  const browser = tryBrowser();
  finish("browser", browser);
  const { words: _, ...found } = browser;
  const none = { code: "skipped" };
  if (browser.code !== "ok") {
    return { browser: found, ...Object.fromEntries(["camera", "microphone", "speaker", ...PARTS_OF_CONNECTION].map((name) => [name, none])) };
  }
  const camera = await step("camera", tryCamera);
  const microphone = await step("microphone", tryMicrophone);
  const speaker = await step("speaker", trySpeaker);
  const connection = await tryWay(camera.track, microphone.track);
  const device = ({ code, label }) => ({ code, label });
  return { browser: found, camera: device(camera), microphone: device(microphone), speaker: { code: speaker.code }, ...connection };
}

async function step(name, attempt) {
  advance(IN_PROGRESS[name]);
  const tried = await attempt(steps[name]);
  finish(name, tried);
  return tried;
}

/** With what there is, or with stand-ins: the way is the same. */
async function tryWay(camera, microphone) {
  advance(IN_PROGRESS.connection);
  const stand = { camera: camera ? null : picture(), microphone: microphone ? null : tone() };
  const tracks = { camera: camera ?? stand.camera.track, microphone: microphone ?? stand.microphone.track };
  const left = 100 - IN_PROGRESS.connection;
  try {
    const found = await tryConnection(steps.connection, data.ws_url, tracks, (share) => advance(IN_PROGRESS.connection + left * share));
    finishConnection(found);
    return found;
  } finally {
    for (const one of Object.values(stand)) one?.stop();
    for (const track of [camera, microphone]) track?.stop();
    for (const name of ["picture", "meter"]) part(name).hidden = true;
  }
}

function advance(percent) {
  part("progress").value = Math.min(99, percent);
}

/** @returns {Promise<{verdict: string, reasons: string[]}>} */
async function save(found) {
  const answer = await fetch(data.save_url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(found),
  }).catch(() => {
    throw new Error("The result could not be kept: the server can't be reached. Check again later.");
  });
  const { data: result, message } = await answer.json();
  if (!answer.ok) throw new Error(message);
  return result;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function showVerdict({ verdict, reasons }) {
  const [title, text] = WORDS[verdict];
  part("verdict").dataset.verdict = verdict;
  part("verdict-title").textContent = title;
  const list = made("ul", "");
  list.append(...reasons.map((reason) => made("li", capital(reason))));
  part("verdict-body").replaceChildren(made("p", text), ...(reasons.length ? [list] : []));
  if (verdict !== "ready") part("verdict-body").append(made("p", "What you can do stands beside each step.", "small soft"));
  part("start").classList.toggle("button-quiet", verdict === "ready");
  part("back").classList.toggle("button-quiet", verdict !== "ready");
  part("verdict-title").focus();
}

function showTrouble(text) {
  part("verdict-title").textContent = "The check did not get through";
  part("verdict-body").replaceChildren(made("p", text));
  announce(text);
}

async function check() {
  const button = part("start");
  button.disabled = true;
  part("verdict").dataset.verdict = "";
  part("verdict-title").textContent = "Checking…";
  part("verdict-body").replaceChildren(made("p", "It takes about a minute. Stay on this page."));
  part("progress").hidden = false;
  part("figures").hidden = true;
  try {
    showVerdict(await save(await run()));
  } catch (error) {
    showTrouble(error.message);
  }
  part("progress").hidden = true;
  button.disabled = false;
  button.textContent = "Check again";
}

part("start").addEventListener("click", check);
