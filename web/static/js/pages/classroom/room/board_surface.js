/**
 * The paper of the whiteboard: draws by mouse, finger and pen, and by keys with a cross. It says what was
 * done and keeps nothing.
 */

import { along, hits, moved, onBoard, simplified } from "../../../room/drawing.js";
import { BOARD_HEIGHT, BOARD_WIDTH } from "../../../room/messages.js";
import { shape, svg } from "./board_shapes.js";

const REACH_PX = { mouse: 8, pen: 10, touch: 18 };
const STEP = 20; // board units for an arrow key
const FAR = 100;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TWO_POINTS = new Set(["line", "arrow", "rectangle", "ellipse"]);

/**
 * @typedef {object} Hand what the surface asks, and tells
 * @property {() => {tool: string, colour: string, width: string}} choice
 * @property {() => import("../../../room/messages.js").BoardEntry[]} entries oldest first
 * @property {(entry: any) => boolean} mayChange
 * @property {(item: any) => void} draw
 * @property {(id: string, item: any) => void} change
 * @property {(id: string) => void} erase
 * @property {(at: number[], entry: any) => void} write opens the text field
 * @property {(dx: number, dy: number) => void} pan
 * @property {(text: string) => void} announce
 * @property {(item: any) => string} name
 */

export class Surface {
  #svg;
  #hand;
  #items = svg("g");
  #draft = svg("g");
  #cross = svg("path", { class: "board-cross", d: "M-22 0H22M0 -22V22" });
  #at = [BOARD_WIDTH / 2, BOARD_HEIGHT / 2];
  /** @type {any} what a pointer or the keys are in the middle of */
  #stroke = null;
  /** @type {Map<string, {text: string, element: any}>} */
  #shown = new Map();
  #under = "";

  /** @param {any} element the SVG @param {Hand} hand */
  constructor(element, hand) {
    this.#svg = element;
    this.#hand = hand;
    element.append(this.#items, this.#draft, this.#cross);
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#up(event));
    element.addEventListener("pointercancel", () => this.cancel());
    element.addEventListener("keydown", (event) => this.#key(event));
    this.#placeCross();
  }

  /** Show these, touching only what changed. */
  render() {
    const entries = this.#hand.entries();
    const there = new Set(entries.map(({ id }) => id));
    for (const [id, { element }] of this.#shown) {
      if (there.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
    for (const { id, item } of entries) this.#show(id, item);
  }

  #show(id, item) {
    const text = JSON.stringify(item);
    const known = this.#shown.get(id);
    if (known?.text === text) return;
    const element = shape(item);
    if (known) known.element.replaceWith(element);
    else this.#items.append(element);
    this.#shown.set(id, { text, element });
  }

  /** Take up an item, to move it by arrow keys. */
  pick(entry) {
    this.#stroke = { kind: "move", entry, item: entry.item, from: null };
    this.#svg.focus();
    this.#hand.announce(`Moving ${this.#hand.name(entry.item)}. Arrow keys move it, Enter puts it down.`);
  }

  cancel() {
    if (this.#stroke?.kind === "move") this.#hide(this.#stroke.entry.id, false);
    this.#stroke = null;
    this.#draft.replaceChildren();
  }

  // --- by mouse, finger and pen

  #point(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.#svg.getScreenCTM().inverse());
    return [x, y];
  }

  #reach(event) {
    return (REACH_PX[event.pointerType] ?? REACH_PX.mouse) / this.#svg.getScreenCTM().a;
  }

  #down(event) {
    if (event.button > 0 || this.#stroke?.pointer !== undefined) return;
    const { tool } = this.#hand.choice();
    const at = this.#point(event);
    this.cancel();
    this.#svg.setPointerCapture(event.pointerId);
    this.#begin(tool, at, this.#reach(event));
    this.#stroke.pointer = event.pointerId;
    this.#stroke.last = [event.clientX, event.clientY];
    if (tool === "eraser") this.#eraseAt(at, this.#reach(event));
  }

  #begin(tool, at, reach) {
    const entry = tool === "move" ? this.#hit(at, reach) : null;
    if (tool === "pen") this.#stroke = { kind: "pen", points: [at] };
    else if (TWO_POINTS.has(tool)) this.#stroke = { kind: "shape", tool, from: onBoard(at), to: onBoard(at) };
    else if (entry) this.#stroke = { kind: "move", entry, item: entry.item, from: at };
    else this.#stroke = { kind: tool === "move" ? "pan" : tool, at };
    this.#sketch();
  }

  #move(event) {
    const stroke = this.#stroke;
    if (!stroke || stroke.pointer !== event.pointerId) return;
    if (stroke.kind === "pan") this.#hand.pan(stroke.last[0] - event.clientX, stroke.last[1] - event.clientY);
    stroke.last = [event.clientX, event.clientY];
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.#to(this.#point(one), this.#reach(event));
    this.#sketch();
  }

  #to(at, reach) {
    const stroke = this.#stroke;
    if (stroke.kind === "pen") stroke.points.push(at);
    if (stroke.kind === "shape") stroke.to = onBoard(at);
    if (stroke.kind === "eraser") {
      for (const one of along(stroke.at, at, reach)) this.#eraseAt(one, reach);
      stroke.at = at;
    }
    if (stroke.kind !== "move") return;
    const [dx, dy] = [at[0] - stroke.from[0], at[1] - stroke.from[1]].map(Math.round);
    stroke.item = moved(stroke.entry.item, dx, dy);
  }

  #up(event) {
    if (this.#stroke?.pointer !== event.pointerId) return;
    const stroke = this.#stroke;
    if (stroke.kind === "text") {
      this.cancel();
      return this.#write(stroke.at, this.#reach(event));
    }
    this.#finish();
  }

  #write(at, reach) {
    const known = this.#hit(at, reach);
    this.#hand.write(onBoard(at), known?.item.kind === "text" ? known : null);
  }

  #eraseAt(at, reach) {
    const entry = this.#hit(at, reach);
    if (entry) this.#hand.erase(entry.id);
  }

  /** The topmost item there that we may change. */
  #hit(at, reach) {
    return this.#hand.entries().findLast((entry) => this.#hand.mayChange(entry) && hits(entry.item, at, reach));
  }

  // --- what is being drawn

  #item() {
    const stroke = this.#stroke;
    const { colour, width } = this.#hand.choice();
    if (stroke?.kind === "pen") return { kind: "pen", points: simplified(stroke.points), colour, width };
    if (stroke?.kind === "move") return stroke.item;
    if (stroke?.kind !== "shape") return null;
    const [[x1, y1], [x2, y2]] = [stroke.from, stroke.to];
    return { kind: stroke.tool, x1, y1, x2, y2, colour, width };
  }

  #sketch() {
    const item = this.#item();
    this.#draft.replaceChildren(...(item ? [shape(item)] : []));
    if (this.#stroke?.kind === "move") this.#hide(this.#stroke.entry.id, true);
  }

  #hide(id, hidden) {
    this.#shown.get(id)?.element.classList.toggle("lifted", hidden);
  }

  #finish() {
    const stroke = this.#stroke;
    const item = this.#item();
    this.cancel();
    if (!item) return;
    if (stroke.kind === "move") return item === stroke.entry.item ? undefined : this.#hand.change(stroke.entry.id, item);
    const tiny = stroke.kind === "shape" && Math.hypot(item.x2 - item.x1, item.y2 - item.y1) < 4;
    if (!tiny) this.#hand.draw(item);
  }

  // --- by keys

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { Enter: () => this.#enter(), " ": () => this.#enter(), Delete: () => this.#eraseAt(this.#at, 24), Escape: () => this.#escape(event) };
    const step = KEYS[event.key];
    if (step) this.#steer(step, event.shiftKey ? FAR : STEP);
    else if (act[event.key]) act[event.key]();
    else return;
    if (event.key !== "Escape") event.preventDefault();
    event.stopPropagation();
  }

  #escape(event) {
    if (this.#stroke) event.preventDefault();
    this.cancel();
  }

  #steer([x, y], by) {
    const stroke = this.#stroke;
    if (stroke?.kind === "move") {
      stroke.item = moved(stroke.item, x * by, y * by);
      return this.#sketch();
    }
    this.#at = onBoard([this.#at[0] + x * by, this.#at[1] + y * by]);
    this.#placeCross();
    if (stroke) {
      this.#to(this.#at, 0);
      return this.#sketch();
    }
    this.#tellUnder();
  }

  #enter() {
    const { tool } = this.#hand.choice();
    if (this.#stroke) return this.#finish();
    if (tool === "text") return this.#write(this.#at, 8);
    if (tool === "eraser") return this.#eraseAt(this.#at, 24);
    const entry = tool === "move" ? this.#hit(this.#at, 24) : null;
    if (entry) return this.pick(entry);
    if (tool === "move") return this.#hand.announce("Nothing of yours is here to move.");
    this.#begin(tool, this.#at, 0);
    this.#hand.announce(`${tool} begins at ${this.#at.join(", ")}. Enter ends it.`);
  }

  #placeCross() {
    this.#cross.setAttribute("transform", `translate(${this.#at.join(" ")})`);
  }

  /** What the cross came upon. */
  #tellUnder() {
    const entry = this.#hand.entries().findLast(({ item }) => hits(item, this.#at, 12));
    if (this.#under === (entry?.id ?? "")) return;
    this.#under = entry?.id ?? "";
    if (entry) this.#hand.announce(`On ${this.#hand.name(entry.item)}`);
  }
}
