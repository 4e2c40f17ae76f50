/**
 * What a lesson is taught with and what is measured of it: each part in files of its own, started here.
 *
 * `call.send(message)` says a message (false while the socket is away), `call.onMessage(listener)` hears
 * all of the server's, `call.state` is the room's. Nothing of it may fail the call.
 */

import { startPulse } from "./pulse.js";
import { startTeaching } from "./teaching.js";

/**
 * @typedef {object} Tools
 * @property {any} data the page's, as the server wrote it
 * @property {import("./panels.js").Panels} panels
 * @property {(text: string) => void} announce says it to those who listen to the page
 * @property {(text: string, tone?: ""|"good"|"bad") => void} toast
 * @property {string} csrf
 */

/** @type {((call: import("../../../room/call.js").Call, tools: Tools) => void)[]} */
const PARTS = [startTeaching, startPulse];

/** @param {import("../../../room/call.js").Call} call @param {Tools} tools */
export function start(call, tools) {
  for (const one of PARTS) one(call, tools);
}
