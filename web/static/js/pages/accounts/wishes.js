// Skills are found by typing: an editable combobox with list autocomplete (WAI-ARIA) above the boxes, which stay in
// the form. Only what is ticked and a few of the rest are shown; misspelled words are looked up by the server.

const MOST = 8; // options at once
const AT_HAND = 8; // boxes that are shown though nobody ticked them
const PAUSE_MS = 200; // after the last letter, before the server is asked

const made = (tag, attributes, words = "") => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = words;
  return element;
};

const near = async (typed) => {
  const answer = await fetch(`/api/v1/skills?q=${encodeURIComponent(typed)}`);
  return answer.ok ? (await answer.json()).data.items.map(({ slug }) => slug) : [];
};

const enhance = (group) => {
  const most = Number(group.dataset.wishes);
  const input = group.querySelector("input.input");
  const said = group.querySelector("[data-wishes-said]");
  const picks = [...group.querySelectorAll(".pick")].map((pick) => {
    const box = pick.querySelector("input");
    const name = pick.textContent.trim();
    return { pick, box, name, key: `${name} ${box.value} ${box.dataset.also ?? ""}`.toLowerCase() };
  });
  const list = made("ul", { id: `${input.id}-list`, class: "options", role: "listbox", "aria-label": "Skills", hidden: "" });
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  group.querySelector(".wish-add button").remove();
  group.querySelector(".wish-add").style.gridTemplateColumns = "1fr";
  let active = -1;
  let asked = 0;

  const chosen = () => picks.filter(({ box }) => box.checked);
  const full = () => chosen().length >= most;
  const show = () => {
    let rest = AT_HAND;
    for (const { pick, box } of picks) {
      pick.hidden = !box.checked && rest-- <= 0;
      box.disabled = full() && !box.checked;
    }
  };
  const rows = () => [...list.querySelectorAll("[data-value]")];
  const mark = (index) => {
    active = index;
    for (const [at, row] of rows().entries()) row.setAttribute("aria-selected", String(at === active));
    const row = rows()[active];
    if (row?.id) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    clearTimeout(asked);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const offer = (found, nothing) => {
    const option = ({ box, name }) => made("li", { id: `${list.id}-${box.value}`, role: "option", "data-value": box.value }, name);
    const none = nothing ? [made("li", { class: "options-none", role: "option", "aria-disabled": "true" }, nothing)] : [];
    list.replaceChildren(...none, ...found.map(option));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(nothing ? -1 : 0);
  };
  const take = (row) => {
    const wish = picks.find(({ box }) => box.value === row?.dataset.value);
    if (!wish || full()) return;
    wish.box.checked = true;
    input.value = "";
    show();
    close();
    said.textContent = `${wish.name} added, ${chosen().length} of ${most}.`;
  };
  const look = () => {
    const typed = input.value.trim().toLowerCase();
    clearTimeout(asked);
    if (!typed) return close();
    if (full()) return offer([], `You have chosen ${most}. Take one out first.`);
    const open = picks.filter(({ box }) => !box.checked);
    const found = open.filter(({ key }) => key.includes(typed));
    found.sort((one, other) => one.key.indexOf(typed) - other.key.indexOf(typed));
    if (found.length) return offer(found.slice(0, MOST), "");
    asked = setTimeout(async () => {
      const slugs = await near(typed).catch(() => []);
      if (input.value.trim().toLowerCase() !== typed) return;
      const like = open.filter(({ box }) => slugs.includes(box.value));
      offer(like, like.length ? "Nothing has this name. Near it:" : "Nothing has this name");
    }, PAUSE_MS);
  };
  const step = (by) => {
    if (list.hidden) return look();
    const count = rows().length;
    if (count) mark(active < 0 && by < 0 ? count - 1 : (active + by + count) % count);
  };
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => (list.hidden ? look() : take(rows()[active])),
    Escape: close,
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    if (!input.value && list.hidden) return; // Enter in the empty field goes on
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    take(event.target.closest("li"));
  });
  group.addEventListener("change", show);
  input.setAttribute("aria-expanded", "false");
  show();
};

document.querySelectorAll("[data-wishes]").forEach(enhance);
