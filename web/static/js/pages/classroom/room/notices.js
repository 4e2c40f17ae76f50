/** What just happened, in words: announced to who listens, and as a toast where it changes what one can do. */

import { leads } from "../../../room/conduct.js";
import { REFUSALS } from "../../../room/call.js";
import { MODERATED, RECORDING, ROLES } from "./words.js";

/** @returns {Record<string, (notice: any) => void>} */
export function noticesOf({ call, announce, toast, reactions, floor }) {
  const { state } = call;
  const inCall = () => state.phase === "in";
  return {
    joined: ({ name }) => announce(`${name} joined.`),
    left: ({ name }) => announce(`${name} left.`),
    hand: ({ name }) => announce(`${name} raised a hand.${leads(state.self) ? ` ${state.hands.length} up.` : ""}`),
    screen: ({ name }) => announce(`${name} shares the screen.`),
    recording: ({ text }) => announce(RECORDING[text]?.said ?? ""),
    "recording-well": () => announce("Everything is being recorded again."),
    reaction: (notice) => reactions.show(notice),
    locked: () => announce("The room is locked: nobody new gets in."),
    unlocked: () => announce("The room is open again."),
    "your-turn": () => !call.local.sharing && announce("It is your turn to share your screen."),
    "lost-me": ({ count }) => announce(`${count} lost you.`),
    moment: ({ mine, name, text }) => toast(momentWords(mine, name, text), "good"),
    knock: ({ name }) => announce(`${name} wants to come in.`),
    "share-wanted": ({ name }) => announce(`${name} wants to share the screen.`),
    moderated: ({ action, name }) => MODERATED[action] && toast(MODERATED[action](name)),
    role: ({ mine, name, text }) => !mine && announce(`${name} is now ${(ROLES[text] ?? text).toLowerCase()}.`),
    error: ({ code, text, re }) => {
      if (REFUSALS.has(code)) return; // the end says it
      if (re === "share" || re === "media") floor.refused(code);
      if (re === "share" && code === "forbidden") toast("The mentor was asked to let you share your screen.");
      else if (inCall()) toast(text, "bad");
    },
  };
}

function momentWords(mine, name, label) {
  const what = label ? `: ${label}` : ".";
  return mine ? `Moment marked${what}` : `${name} marked this moment${what}`;
}
