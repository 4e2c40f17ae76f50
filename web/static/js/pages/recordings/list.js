// The page of a recording: the film or, until it is there, the tracks; what is watched is reported.

import { copyLinks } from "../../behaviours/copying.js";
import { openDialogs } from "../../behaviours/dialogs.js";
import { playFilm } from "./film.js";
import { followMaking } from "./making.js";
import { joinTracks } from "./tracks.js";
import { reportWatching } from "./watching.js";

const main = document.querySelector("#main");

const begin = () => {
  const player = main.querySelector("[data-watch]");
  if (!player) return undefined;
  const stage = player.hasAttribute("data-film") ? playFilm(player) : joinTracks(player);
  const done = reportWatching(stage, player.dataset.watch);
  return { stage, done };
};

let playing = begin();

// Another state of the page, without a reload: with the film where the tracks were.
const swap = async (sought) => {
  const at = playing?.stage.now ?? 0;
  const url = new URL(location.href);
  if (at >= 1) url.searchParams.set("t", String(Math.floor(at)));
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  await loadStyles(page);
  playing?.done();
  main.replaceChildren(...page.querySelector("#main").childNodes);
  for (const media of main.querySelectorAll("video, audio")) media.load(); // what was parsed elsewhere waits for that
  copyLinks();
  openDialogs();
  playing = begin();
  if (sought) main.querySelector("[data-continue]")?.focus();
  watch();
};

const loadStyles = (page) => {
  const have = new Set([...document.querySelectorAll("link[rel=stylesheet]")].map((one) => one.getAttribute("href")));
  const missing = [...page.querySelectorAll("link[rel=stylesheet]")].filter((one) => !have.has(one.getAttribute("href")));
  return Promise.all(missing.map((one) => new Promise((loaded) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.onload = link.onerror = loaded;
    link.href = one.getAttribute("href");
    document.head.append(link);
  })));
};

const watch = () => {
  const address = main.querySelector("[data-poll]")?.dataset.poll;
  if (address) followMaking(main, address, () => playing?.stage.touched ?? false, swap);
};
watch();
