/** Polls: asked and shown by those who lead, answered by the others; a new one asks at once, on a card. */

import { POLL_ANSWERS_MOST } from "../../../room/messages.js";
import { icon, make, part, say } from "./dom.js";
import { isNarrow } from "./panels.js";

const AWAY = "You are not connected. Try again in a moment.";

export class Polls {
  #teaching;
  #tools;
  #asker;
  /** The poll that the card asks. */
  #asked = "";
  #fresh = 0;
  /** @type {Map<string, string>} what is shown of each poll, to leave alone what stays the same */
  #shown = new Map();

  constructor(teaching, tools) {
    this.#teaching = teaching;
    this.#tools = tools;
    this.#asker = tools.data.mentor ?? "Your mentor";
    part("stage").append(part("poll-card"));
    part("poll-new").addEventListener("click", () => this.#openForm(true));
    part("poll-cancel").addEventListener("click", () => this.#openForm(false));
    part("poll-more").addEventListener("click", () => this.#addAnswer().focus());
    part("poll-form").addEventListener("submit", (event) => this.#ask(event));
    part("poll-later").addEventListener("click", () => this.#closeCard());
    for (const box of [part("polls"), part("poll-ask")]) {
      box.addEventListener("change", (event) => this.#chosen(event.target));
      box.addEventListener("click", (event) => this.#pressed(event.target.closest("[data-poll-do]")));
    }
    tools.panels.onChange((open) => {
      if (open === "polls") this.#fresh = 0;
      if (open === "polls" || (open && isNarrow())) this.#closeCard();
    });
    teaching.onEvent((event) => this.#happened(event));
  }

  update(changed) {
    if (!changed.has("polls") && !changed.has("people")) return;
    const polls = [...this.#teaching.polls.values()].reverse();
    const { leads } = this.#teaching;
    part("poll-new").hidden = !leads || !part("poll-form").hidden;
    if (!leads) this.#openForm(false);
    say(part("polls-empty"), polls.length ? "" : emptyWords(leads, this.#asker));
    this.#list(polls);
    this.#showCard();
  }

  // --- what is asked

  #openForm(open) {
    const form = part("poll-form");
    if (form.hidden === !open) return;
    form.hidden = !open;
    part("poll-new").hidden = open || !this.#teaching.leads;
    if (!open) return;
    form.reset();
    this.#refuse("");
    part("poll-answers").replaceChildren();
    this.#addAnswer();
    this.#addAnswer();
    part("poll-question").focus();
  }

  #addAnswer() {
    const rows = part("poll-answers");
    const input = make("input", { className: "input", maxLength: 120, autocomplete: "off" });
    const away = make("button", { className: "icon-button", type: "button" }, icon("close", "Remove this answer"));
    const row = make("div", { className: "poll-answer-row" }, input, away);
    away.addEventListener("click", () => {
      row.remove();
      this.#number();
    });
    rows.append(row);
    this.#number();
    return input;
  }

  #number() {
    const rows = [...part("poll-answers").children];
    for (const [index, row] of rows.entries()) {
      row.firstChild.setAttribute("aria-label", `Answer ${index + 1}`);
      row.lastChild.hidden = rows.length <= 2;
    }
    part("poll-more").hidden = rows.length >= POLL_ANSWERS_MOST;
  }

  #ask(event) {
    event.preventDefault();
    const question = part("poll-question").value.trim();
    const answers = [...part("poll-answers").querySelectorAll("input")].map((input) => input.value.trim()).filter(Boolean);
    const wrong = this.#wrong(question, answers);
    this.#refuse(wrong);
    if (wrong) return;
    const many = part("poll-many").checked;
    if (!this.#teaching.say({ type: "poll", action: "ask", question, answers, many })) return this.#refuse(AWAY);
    this.#openForm(false);
    part("poll-new").focus();
  }

  #wrong(question, answers) {
    if (!question) return "Write a question.";
    if (answers.length < 2) return "Write at least two answers.";
    const different = new Set(answers.map((answer) => answer.toLowerCase())).size === answers.length;
    return different ? "" : "Two answers are the same.";
  }

  #refuse(text) {
    part("poll-error").hidden = !text;
    say(part("poll-error"), text);
  }

  // --- what is answered

  #happened({ kind, poll, before }) {
    if (kind !== "poll" || this.#teaching.leads) return;
    if (!before) this.#isAsked(poll);
    else if (poll.shown_at && !before.shown_at) this.#isShown(poll);
    else if (poll.closed_at && !before.closed_at) this.#tools.announce(`The poll is closed: ${poll.question}`);
  }

  #isAsked(poll) {
    this.#tools.announce(`${this.#asker} asks: ${poll.question}`);
    if (this.#tools.panels.open === "polls") return;
    this.#asked = poll.id;
    this.#badge();
  }

  #isShown(poll) {
    this.#tools.announce(`The result is shown: ${resultWords(poll)}`);
    if (this.#tools.panels.open === "polls") return;
    this.#asked = poll.id;
    this.#badge();
  }

  #badge() {
    this.#fresh += 1;
    this.#tools.panels.badge("polls", this.#fresh);
  }

  #chosen(input) {
    const box = input.closest("[data-poll]");
    const chosen = [...box.querySelectorAll("input:checked")].map((one) => Number(one.value));
    if (!this.#teaching.say({ type: "poll-vote", poll: box.dataset.poll, chosen })) this.#tools.toast(AWAY, "bad");
  }

  #pressed(button) {
    if (!button) return;
    const action = button.dataset.pollDo;
    if (action === "done") return this.#closeCard();
    const poll = button.closest("[data-poll]").dataset.poll;
    if (!this.#teaching.say({ type: "poll", action, poll })) this.#tools.toast(AWAY, "bad");
  }

  // --- what is seen

  #list(polls) {
    const list = part("polls");
    const there = new Map([...list.children].map((row) => [row.firstChild.dataset.poll, row]));
    const rows = polls.map((poll) => this.#row(poll, there.get(poll.id)));
    for (const [id, row] of there) if (!this.#teaching.polls.has(id)) row.remove();
    for (const [index, row] of rows.entries()) {
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    }
  }

  #row(poll, row = make("li")) {
    const { leads } = this.#teaching;
    const text = JSON.stringify([poll, leads]);
    if (this.#shown.get(poll.id) === text && row.firstChild) return row;
    this.#shown.set(poll.id, text);
    replace(row, view(poll, { leads, prefix: "panel" }));
    return row;
  }

  #closeCard() {
    this.#asked = "";
    this.#showCard();
  }

  #showCard() {
    const poll = this.#teaching.polls.get(this.#asked);
    const card = part("poll-card");
    card.hidden = !poll || this.#teaching.leads;
    if (card.hidden) return part("poll-ask").replaceChildren();
    say(part("poll-asker"), poll.shown_at ? `${this.#asker} shows the result` : `${this.#asker} asks`);
    const done = make("button", { className: "button button-small", type: "button", data: { pollDo: "done" } }, "Done");
    replace(part("poll-ask"), view(poll, { leads: false, prefix: "card" }, poll.mine.length || poll.shown_at ? done : null));
  }
}

function emptyWords(leads, asker) {
  return leads ? "Ask something to see who is with you: one question, two to eight answers." : `No polls yet. When ${asker} asks something, it shows up here.`;
}

/** Put new content in place, with the focus where it was. */
function replace(box, content) {
  const { id } = box.contains(document.activeElement) ? /** @type {any} */ (document.activeElement) : { id: "" };
  box.replaceChildren(content);
  if (id) document.getElementById(id)?.focus();
}

/** A poll as one may see it. */
function view(poll, { leads, prefix }, ...more) {
  const open = !poll.closed_at;
  const name = `${prefix}-${poll.id}`;
  const answers = poll.answers.map((text, index) => answer(poll, index, { text, name, votes: open && !leads }));
  const question = make("legend", { className: "poll-question" }, poll.question);
  return make(
    "div",
    { className: "poll", data: { poll: poll.id } },
    make("fieldset", { className: "poll-choices", role: poll.many || !open || leads ? "group" : "radiogroup" }, question, ...answers),
    make("p", { className: "tiny soft" }, stateWords(poll, leads)),
    leads ? tools(poll) : null,
    ...more,
  );
}

function answer(poll, index, { text, name, votes }) {
  const mine = poll.mine.includes(index);
  const count = poll.counts?.[index];
  const share = count === undefined ? 0 : count / Math.max(1, poll.votes);
  const input = make("input", { type: poll.many ? "checkbox" : "radio", name, id: `${name}-${index}`, value: String(index), checked: mine });
  const words = count === undefined ? null : make("span", { className: "poll-count" }, countWords(count, share));
  const own = mine && !votes ? icon("check", "Your answer") : null;
  const row = make(votes ? "label" : "div", { className: "poll-answer" }, votes ? input : null, make("span", { className: "poll-text" }, text), own, words);
  row.classList.toggle("mine", mine);
  row.classList.toggle("counted", count !== undefined);
  row.style.setProperty("--share", String(share));
  return row;
}

const countWords = (count, share) => `${count} · ${Math.round(share * 100)} %`;

function stateWords(poll, leads) {
  const people = poll.votes === 1 ? "1 person has answered" : `${poll.votes} people have answered`;
  const seen = poll.shown_at ? "everybody sees the result" : "only you see the result";
  if (leads) return `${poll.closed_at ? "Closed" : "Open"} · ${people} · ${seen}`;
  if (poll.shown_at) return people;
  if (poll.closed_at) return poll.mine.length ? "Closed. Your answer counts." : "Closed.";
  if (!poll.mine.length) return poll.many ? "Choose one or more. Nobody sees who chose what." : "Nobody sees who chose what.";
  return "Your answer is in. You can change it until the poll is closed.";
}

function tools(poll) {
  const button = (action, words, looks = "button-quiet") =>
    make("button", { className: `button button-small ${looks}`, type: "button", id: `${action}-${poll.id}`, data: { pollDo: action } }, words);
  return make(
    "div",
    { className: "teach-actions" },
    poll.shown_at ? null : button("show", "Show the result"),
    poll.closed_at ? null : button("close", "Close"),
    button("remove", "Remove", "button-plain"),
  );
}

/** The result in one sentence. */
function resultWords(poll) {
  return `${poll.question} ${poll.answers.map((text, index) => `${text}: ${poll.counts?.[index] ?? 0}`).join(", ")}.`;
}
