/** The live room's page: one call, its views, and what is announced. */

import { toast } from "../../lib/toast.js";
import { Call } from "../../room/call.js";
import { LocalMedia } from "../../room/local.js";
import { Attention } from "./room/attention.js";
import { Banner } from "./room/banner.js";
import { Captions } from "./room/captions.js";
import { Chat } from "./room/chat.js";
import { ChatWrite } from "./room/chat_write.js";
import { Controls } from "./room/controls.js";
import { loadStyles, part, parts, say } from "./room/dom.js";
import { start } from "./room/extras.js";
import { Facts } from "./room/facts.js";
import { Floor } from "./room/floor.js";
import { Lead } from "./room/lead.js";
import { deviceLists, Lobby } from "./room/lobby.js";
import { noticesOf } from "./room/notices.js";
import { showEnd } from "./room/over.js";
import { Panels } from "./room/panels.js";
import { People } from "./room/people.js";
import { SmallWindow } from "./room/pip.js";
import { Reactions } from "./room/reactions.js";
import { Requests } from "./room/requests.js";
import { Settings } from "./room/settings.js";
import { Sounds } from "./room/sounds.js";
import { Tape } from "./room/tape.js";
import { Stage } from "./room/tiles.js";

const data = JSON.parse(document.getElementById("room")?.textContent ?? "{}");
const sessionUrl = data.session_url ?? `/sessions/${data.session_id}`;
const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
const page = { session: data.session_id, csrf };
const local = new LocalMedia();
const call = new Call(data, local);
const { state } = call;

const settings = new Settings(local, () => stage.update());
const stage = new Stage(call, settings.view);
const panels = new Panels();
const write = new ChatWrite(call, page);
const chat = new Chat(call, write);
const banner = new Banner(state);
const facts = new Facts(call, data, toast);
const lobby = new Lobby(call, data);
const people = new People(state);
const lead = new Lead(call, announce);
const requests = new Requests(call);
const floor = new Floor(call);
const reactions = new Reactions(call, announce);
const attention = new Attention(call, toast);
const captions = new Captions(call, toast);
const tape = new Tape(call);
const sounds = new Sounds(call, (blocked) => {
  banner.soundBlocked = blocked;
  banner.update();
});
const controls = new Controls(call, { sounds, facts, panels, ...page });
const small = new SmallWindow(call, stage, (action) => controls.act(action));
for (const one of [stage, chat, write, lead, requests, floor, reactions, attention, captions, settings, small, tape]) {
  controls.add(one.actions);
}

function announce(text) {
  say(part("announce"), "");
  setTimeout(() => say(part("announce"), text), 50);
}

const AT_THE_DOOR = new Set(["connecting", "waiting"]);
let view = "lobby";
/** Whether the call's styles are there: "asked" on joining. @type {""|"asked"|"there"} */
let styles = "";

function dress() {
  if (styles || state.phase === "lobby") return;
  styles = "asked";
  loadStyles().then(() => {
    styles = "there";
    state.touch("phase");
  });
}

/** In the lobby until we are in; what is wrong on the way is said in the call. */
function viewNow() {
  if (state.phase === "over") return "over";
  const entering = state.phase === "joining" && view === "lobby" && AT_THE_DOOR.has(state.link);
  if (state.phase === "lobby" || entering) return "lobby";
  return styles === "there" ? "call" : view;
}

function showView() {
  dress();
  const now = viewNow();
  if (now === "lobby") lobby.update();
  if (now === view) return;
  view = now;
  for (const one of parts("view")) one.hidden = one.dataset.view !== now;
  lobby.close();
  for (const dialog of parts("dialog")) dialog.close();
  if (now === "over") showEnd(state.end ?? { kind: "left" }, { sessionUrl, ...data });
}

let isIn = false;

/** The first moment in the room; a reconnect is no news. */
function entered() {
  const now = state.phase === "in";
  if (now && !isIn) lobby.joined();
  isIn = now;
  captions.listen();
}

function showAlone() {
  const waits = state.self?.role === "mentor" ? "Nobody else is here yet." : `${data.mentor ?? "Your mentor"} is not here yet.`;
  say(part("alone"), waits);
}

function showChat() {
  chat.update();
  const called = chat.called();
  if (panels.open === "chat") state.unread = 0;
  else if (called && state.unread) toast(called);
}

const notices = noticesOf({ call, announce, toast, reactions, floor });
state.onNotice((notice) => notices[notice.kind]?.(notice));
state.subscribe((changed) => {
  const any = (...list) => list.some((name) => changed.has(name));
  if (any("phase", "link")) showView();
  if (any("phase")) entered();
  if (any("phase", "self", "others", "tracks", "dominant")) stage.update();
  if (any("phase", "self")) showAlone();
  if (any("tracks")) sounds.update();
  if (any("speaking")) stage.showVoices();
  if (any("reports", "measured")) stage.showQuality();
  if (any("self", "others", "house")) people.update();
  if (any("others")) write.update();
  if (any("chat")) showChat();
  if (any("typing")) chat.showTyping();
  if (any("phase", "self", "others", "house", "knocking", "putOut")) showHouse();
  if (any("phase", "self", "lost")) attention.update();
  if (any("phase", "self", "live", "recording", "consent", "endsAt", "house")) facts.update();
  if (any("phase", "self", "recording", "health", "house")) tape.update();
  if (any("link", "media", "tries", "phase", "others", "reports")) banner.update();
  if (any("phase", "self", "chat")) controls.update();
  if (any("phase", "others", "tracks", "dominant")) small.update();
});

function showHouse() {
  lead.update();
  requests.update();
  floor.update();
  panels.badge("people", state.knocking.length);
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
  small.update();
});

start(call, { data, panels, announce, toast, csrf });
deviceLists(local);
controls.update();
attention.update();
if (call.resumable) {
  view = ""; // the tab was reloaded: straight back in
  call.join();
}
lobby.open();
