/** The live room's page: one call, its views, and what is announced. */

import { toast } from "../../lib/toast.js";
import { Call } from "../../room/call.js";
import { LocalMedia } from "../../room/local.js";
import { Banner } from "./room/banner.js";
import { Chat } from "./room/chat.js";
import { Controls } from "./room/controls.js";
import { part, parts, say } from "./room/dom.js";
import { start } from "./room/extras.js";
import { Facts } from "./room/facts.js";
import { deviceLists, Lobby } from "./room/lobby.js";
import { showEnd } from "./room/over.js";
import { Panels } from "./room/panels.js";
import { showPeople } from "./room/people.js";
import { Sounds } from "./room/sounds.js";
import { Stage } from "./room/tiles.js";
import { RECORDING } from "./room/words.js";

const VIEWS = { lobby: "lobby", joining: "call", in: "call", over: "over" };

const data = JSON.parse(document.getElementById("room")?.textContent ?? "{}");
const sessionUrl = data.session_url ?? `/sessions/${data.session_id}`;
const local = new LocalMedia();
const call = new Call(data, local);
const { state } = call;

const stage = new Stage(call);
const panels = new Panels();
const chat = new Chat(call);
const banner = new Banner(state);
const facts = new Facts(call, data, announce);
const lobby = new Lobby(call, data);
const sounds = new Sounds(call, (blocked) => {
  banner.soundBlocked = blocked;
  banner.update();
});
const controls = new Controls(call, { stage, sounds, facts, panels, session: data.session_id });

function announce(text) {
  say(part("announce"), "");
  setTimeout(() => say(part("announce"), text), 50);
}

const NOTICES = {
  joined: ({ name }) => announce(`${name} joined.`),
  left: ({ name }) => announce(`${name} left.`),
  hand: ({ name }) => announce(`${name} raised a hand.`),
  screen: ({ name }) => announce(`${name} shares the screen.`),
  recording: ({ text }) => announce(RECORDING[text]?.said ?? ""),
  error: ({ text }) => state.phase === "in" && toast(text, "bad"),
};

function showView() {
  for (const view of parts("view")) view.hidden = view.dataset.view !== VIEWS[state.phase];
  if (state.phase === "lobby") return;
  lobby.close();
  for (const dialog of parts("dialog")) dialog.close();
  if (state.phase === "over") showEnd(state.end ?? { kind: "left" }, { sessionUrl, ...data });
}

function showAlone() {
  const waits = state.self?.role === "mentor" ? "Nobody else is here yet." : `${data.mentor ?? "Your mentor"} is not here yet.`;
  say(part("alone"), waits);
}

state.onNotice((notice) => NOTICES[notice.kind]?.(notice));
state.subscribe((changed) => {
  const any = (...list) => list.some((name) => changed.has(name));
  if (any("phase")) showView();
  if (any("phase", "self", "others", "tracks", "dominant")) stage.update();
  if (any("phase", "self")) showAlone();
  if (any("tracks")) sounds.update();
  if (any("speaking")) stage.showVoices();
  if (any("reports", "measured")) stage.showQuality();
  if (any("self", "others")) showPeople(state);
  if (any("chat")) showChat();
  if (any("phase", "self", "live", "recording", "consent", "endsAt")) facts.update();
  if (any("link", "media", "tries", "phase", "others", "reports")) banner.update();
  if (any("phase", "self", "chat")) controls.update();
});

function showChat() {
  chat.update();
  if (panels.open === "chat") state.unread = 0;
}

panels.onChange((open) => {
  if (open === "chat") {
    state.unread = 0;
    chat.focus();
  }
  controls.update();
});

let told = "";
local.subscribe(() => {
  const problems = Object.values(local.problems).filter(Boolean);
  const text = problems.map((one) => one?.text).join(" ");
  if (text && text !== told && state.phase === "in") toast(text, "bad");
  told = text;
});

const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
start(call, { data, panels, announce, toast, csrf });
deviceLists(local);
controls.update();
if (call.resumable) call.join(); // the tab was reloaded
lobby.open();
