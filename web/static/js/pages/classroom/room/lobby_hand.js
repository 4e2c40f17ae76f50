/** What is at hand before a lesson: the technical check's result, materials, the question of recording. */

import { icon, make, part, parts, say } from "./dom.js";

const KINDS = { pdf: "book", image: "eye", text: "list", file: "file" };
const VERDICTS = {
  ready: ["check", "good", "Your device and network are ready for this lesson."],
  limited: ["alert", "warn", "It will work, with limits."],
  failed: ["alert", "bad", "Your check found something that will not work."],
};

/** @param {any} data the page's */
export function showAtHand(data) {
  showCheck(data);
  showMaterials(data.materials ?? []);
  showOthersChecks((data.checks ?? []).filter(({ verdict }) => verdict !== "ready"));
}

function showCheck({ check, check_url: url }) {
  const box = part("lobby-check");
  box.hidden = !url;
  if (!url) return;
  const [picture, tone, words] = VERDICTS[check?.verdict] ?? ["signal", "", "Not checked yet: a minute now saves five later."];
  const reasons = check?.verdict === "ready" ? [] : (check?.reasons ?? []);
  box.dataset.tone = tone;
  box.replaceChildren(icon(picture),
    make("div", { className: "grow" }, make("p", {}, words),
      reasons.length ? make("ul", {}, ...reasons.map((reason) => make("li", {}, reason))) : null),
    make("a", { href: url }, check ? "Check again" : "Check now"));
}

function showMaterials(materials) {
  part("lobby-materials").hidden = !materials.length;
  part("materials").replaceChildren(...materials.map(({ name, url, kind }) =>
    make("li", {}, make("a", { className: "at-hand", href: url, target: "_blank", rel: "noopener" }, icon(KINDS[kind] ?? "file"), name))));
}

/** The mentor sees before the lesson who may have trouble. */
function showOthersChecks(checks) {
  part("lobby-others").hidden = !checks.length;
  part("others-checks").replaceChildren(...checks.map(({ name, verdict, reasons }) =>
    make("li", {}, make("strong", {}, name), ` · ${verdict === "failed" ? "will have trouble" : "with limits"}${reasons?.length ? `: ${reasons.join(", ")}` : ""}`)));
}

/** May the recording show us? Asked here when it is going to be recorded; the answer is said on joining. */
export class LobbyConsent {
  #call;
  #told;

  /** @param {import("../../../room/call.js").Call} call @param {any} data */
  constructor(call, data) {
    this.#call = call;
    this.#told = data.consent ?? null;
    const box = part("lobby-consent");
    box.hidden = !data.recording || data.recording === "off";
    for (const choice of parts("consent-choice")) {
      choice.checked = this.#told !== null && choice.value === (this.#told ? "yes" : "no");
    }
  }

  /** Once we are in: what was chosen here, where the server does not know it yet. */
  tell() {
    const chosen = parts("consent-choice").find(({ checked }) => checked);
    if (!chosen || part("lobby-consent").hidden) return;
    const consent = chosen.value === "yes";
    if (consent !== this.#call.state.consent) this.#call.consentTo(consent);
    part("lobby-consent").hidden = true; // said once; later answers are given in the call
  }
}

/** Waiting to be let in, in place of the button. */
export function showWaiting(waiting, mentor) {
  part("lobby-form").classList.toggle("waiting", waiting);
  part("lobby-waiting").hidden = !waiting;
  say(part("waiting-words"), waiting ? `${mentor ?? "The mentor"} will let you in. You stay ready here until then.` : "");
}
