/** The list of who is here. */

import { avatar, icon, make, part, say } from "./dom.js";
import { ROLES } from "./words.js";

/** @param {import("../../../room/messages.js").Participant} person */
function row(person, mine) {
  const { name, role, hand, media } = person;
  const state = (on, picture, words) => icon(on ? picture : `${picture}-off`, `${words} ${on ? "on" : "off"}`);
  return make("li", { className: "people-row", data: { person: person.id } },
    avatar(name),
    make("span", { className: "people-who" },
      make("span", { className: "people-name" }, mine ? `${name} (you)` : name),
      make("span", { className: "tiny soft" }, ROLES[role] ?? role)),
    hand ? make("span", { className: "chip chip-warn" }, icon("hand"), "Hand raised") : null,
    make("span", { className: "people-media" },
      media?.screen ? icon("screen", "shares the screen") : null,
      state(media?.microphone, "microphone", "microphone"),
      state(media?.camera, "camera", "camera")));
}

/** Raised hands first, then the order of arrival. @param {import("../../../room/state.js").RoomState} state */
export function showPeople(state) {
  const everyone = [...state.everyone].sort((a, b) => Number(b.hand) - Number(a.hand));
  part("people").replaceChildren(...everyone.map((person) => row(person, person === state.self)));
  say(part("people-count"), String(everyone.length));
}
