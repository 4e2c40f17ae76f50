/** The whiteboard's panel: tools, undo and redo of one's own, the text field, and everything as a list. */

import { onBoard, SIZES, words } from "../../../room/drawing.js";
import { BOARD_HEIGHT, BOARD_TEXT_LIMIT, BOARD_WIDTH } from "../../../room/messages.js";
import { Surface } from "./board_surface.js";
import { icon, make, part, parts, say } from "./dom.js";

const TOOL_KEYS = { p: "pen", l: "line", a: "arrow", r: "rectangle", o: "ellipse", t: "text", m: "move", e: "eraser" };
const SIZE_OF = { thin: "small", medium: "medium", thick: "large" };
const STEPS_KEPT = 100;

export class Board {
  #teaching;
  #tools;
  #call;
  #surface;
  /** @type {{undo: () => void, redo: () => void}[]} */
  #done = [];
  #undone = [];
  /** @type {any} the open text field */
  #field = null;

  constructor(teaching, tools, call) {
    this.#teaching = teaching;
    this.#tools = tools;
    this.#call = call;
    this.#surface = new Surface(part("board"), {
      choice: () => ({ tool: chosen("tool"), colour: chosen("colour"), width: chosen("width") }),
      entries: () => [...teaching.board.values()],
      mayChange: (entry) => teaching.mayChange(entry),
      draw: (item) => this.#draw(item),
      change: (id, item) => this.#change(id, item),
      erase: (id) => this.#erase(id),
      write: (at, entry) => this.#write(at, entry),
      pan: (dx, dy) => part("board-frame").scrollBy(dx, dy),
      announce: tools.announce,
      name: words,
    });
    for (const button of parts("board-do")) button.addEventListener("click", () => this.#act(button.dataset.boardDo));
    part("panel", "board").addEventListener("keydown", (event) => this.#key(event));
    part("board-list").addEventListener("click", (event) => this.#listed(event.target.closest("[data-board-item]")));
    part("board-list").closest("details").addEventListener("toggle", () => this.#list());
    teaching.onEvent((event) => this.#happened(event));
  }

  update(changed) {
    if (!changed.has("board") && !changed.has("people")) return;
    this.#surface.render();
    part("board-do", "clear").hidden = !this.#teaching.leads;
    part("board-do", "clear").disabled = !this.#teaching.board.size;
    say(part("board-count"), String(this.#teaching.board.size));
    this.#list();
    this.#steps();
  }

  #happened({ kind, op, by }) {
    if (kind !== "whiteboard" || by === this.#teaching.self?.id) return;
    if (op === "clear") this.#tools.announce(`${this.#name(by)} cleared the whiteboard.`);
    if (this.#tools.panels.open !== "board") this.#tools.panels.badge("board", 1);
  }

  #name(id) {
    return id === this.#teaching.self?.id ? "you" : (this.#call.state.find(id)?.name ?? "somebody who left");
  }

  // --- what we do, and take back

  #did(undo, redo) {
    this.#done = [...this.#done.slice(1 - STEPS_KEPT), { undo, redo }];
    this.#undone = [];
    this.#steps();
  }

  #draw(item) {
    const id = crypto.randomUUID();
    this.#teaching.draw(id, item);
    this.#did(() => this.#teaching.wipe(id), () => this.#teaching.bringBack(id));
  }

  #change(id, item) {
    const before = this.#teaching.board.get(id)?.item;
    if (!before) return;
    this.#teaching.draw(id, item);
    this.#did(() => this.#teaching.draw(id, before), () => this.#teaching.draw(id, item));
  }

  #erase(id) {
    this.#teaching.wipe(id);
    this.#did(() => this.#teaching.bringBack(id), () => this.#teaching.wipe(id));
  }

  #clear() {
    const clear = () => this.#teaching.say({ type: "whiteboard", op: "clear" });
    if (!clear()) return this.#tools.toast("You are not connected. Try again in a moment.", "bad");
    this.#did(() => this.#teaching.say({ type: "whiteboard", op: "restore" }), clear);
    this.#tools.toast("The whiteboard is clear. Undo brings everything back.");
  }

  #step(from, to, way) {
    const step = from.pop();
    if (!step) return;
    step[way]();
    to.push(step);
    this.#steps();
  }

  #steps() {
    part("board-do", "undo").disabled = !this.#done.length;
    part("board-do", "redo").disabled = !this.#undone.length;
  }

  #act(name) {
    if (name === "undo") this.#step(this.#done, this.#undone, "undo");
    if (name === "redo") this.#step(this.#undone, this.#done, "redo");
    if (name === "clear") this.#clear();
    if (name === "zoom") this.#zoom();
  }

  #zoom() {
    const large = part("board-frame").classList.toggle("large");
    part("board-do", "zoom").setAttribute("aria-pressed", String(large));
    if (large) this.#tools.toast("Larger. Choose the tool Move to slide the paper.");
  }

  #key(event) {
    if (event.target.matches("textarea, [type='text']")) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
      event.preventDefault();
      this.#act(key === "y" || event.shiftKey ? "redo" : "undo");
    } else if (TOOL_KEYS[key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
      choose(TOOL_KEYS[key]);
      this.#tools.announce(`Tool: ${TOOL_KEYS[key]}`);
    } else return;
    event.stopPropagation();
  }

  // --- text

  #write([x, y], entry) {
    this.#field?.remove();
    const colour = entry?.item.colour ?? chosen("colour");
    const size = entry?.item.size ?? SIZE_OF[chosen("width")];
    const place = entry ? [entry.item.x, entry.item.y] : onBoard([Math.min(x, BOARD_WIDTH - 80), Math.min(y, BOARD_HEIGHT - SIZES[size])]);
    const field = make("textarea", {
      className: `board-text ink-${colour}`, value: entry?.item.text ?? "", rows: 1,
      maxLength: BOARD_TEXT_LIMIT, placeholder: "Text", "aria-label": "Text on the whiteboard. Enter puts it there, Escape leaves it.",
    });
    const looks = { x: place[0] / BOARD_WIDTH, y: place[1] / BOARD_HEIGHT, size: SIZES[size] / BOARD_WIDTH };
    for (const [name, value] of Object.entries(looks)) field.style.setProperty(`--${name}`, String(value));
    field.addEventListener("keydown", (event) => this.#fieldKey(event, field));
    field.addEventListener("blur", () => this.#written(field, { kind: "text", x: place[0], y: place[1], size, colour }, entry));
    part("board-paper").append(field);
    this.#field = field;
    field.focus();
    field.select();
  }

  #fieldKey(event, field) {
    event.stopPropagation();
    if (event.key === "Escape") field.value = "";
    if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey && !event.isComposing)) {
      event.preventDefault();
      field.dataset.left = event.key;
      part("board").focus();
    }
  }

  #written(field, item, entry) {
    if (this.#field !== field) return;
    this.#field = null;
    const text = field.value.trim();
    field.remove();
    if (!text || field.dataset.left === "Escape") return;
    if (entry) this.#change(entry.id, { ...item, text });
    else this.#draw({ ...item, text });
  }

  // --- everything as a list

  #list() {
    const list = part("board-list");
    if (!list.closest("details").open) return list.replaceChildren();
    const focused = document.activeElement?.id ?? "";
    const entries = [...this.#teaching.board.values()];
    list.replaceChildren(...(entries.length ? entries.map((entry) => this.#row(entry)) : [make("li", { className: "soft small" }, "Nothing yet.")]));
    if (focused.startsWith("board-")) (document.getElementById(focused) ?? part("board")).focus();
  }

  #row(entry) {
    const name = words(entry.item);
    const button = (action, picture, label) => make(
      "button",
      { className: "icon-button", type: "button", id: `board-${action}-${entry.id}`, data: { boardItem: entry.id, does: action } },
      icon(picture, `${label}: ${name}`),
    );
    const may = this.#teaching.mayChange(entry);
    return make(
      "li",
      { className: "board-entry" },
      make("span", { className: `board-dot ink-${entry.item.colour ?? "ink"}`, "aria-hidden": "true" }),
      make("span", { className: "board-entry-words" }, name, make("span", { className: "tiny soft" }, ` by ${this.#name(entry.by)}`)),
      may ? button("move", "move", "Move") : null,
      may ? button("remove", "trash", "Remove") : null,
    );
  }

  #listed(button) {
    const entry = button && this.#teaching.board.get(button.dataset.boardItem);
    if (!entry) return;
    if (button.dataset.does === "remove") return this.#erase(entry.id);
    choose("move");
    this.#surface.pick(entry);
  }
}

const chosen = (name) => part("board-tools").querySelector(`[name='board-${name}']:checked`).value;

function choose(tool) {
  part("board-tools").querySelector(`[name='board-tool'][value='${tool}']`).checked = true;
}
