// A select of very many options becomes a field to type into with a list below it: the editable combobox with list
// autocomplete of WAI-ARIA. The select stays in the form and keeps the value.

const MOST = 40; // options shown at once; typing narrows them

const made = (tag, attributes) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const parts = (select) => {
  const { id } = select;
  const described = select.getAttribute("aria-describedby");
  const input = made("input", {
    id, class: "input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
    ...(described && { "aria-describedby": described }),
    ...(select.ariaInvalid && { "aria-invalid": "true" }),
  });
  const label = document.querySelector(`label[for="${id}"]`).firstChild.textContent.trim();
  const list = made("ul", { id: `${id}-list`, class: "options", role: "listbox", "aria-label": label, hidden: "" });
  const box = made("div", { class: "combobox" });
  select.id = `${id}-value`;
  select.hidden = true;
  select.before(box);
  box.append(input, list);
  return { input, list };
};

const enhance = (select) => {
  const { input, list } = parts(select);
  const named = [...select.options].filter((option) => option.text);
  const spelled = (option) => `${option.text} ${option.dataset.also ?? ""}`.toLowerCase(); // other spellings count
  const all = named.map((option) => ({ option, key: spelled(option) }));
  let active = -1;

  const chosen = () => select.selectedOptions[0]?.text ?? "";
  const mark = (index) => {
    active = index;
    for (const [at, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(at === active));
    const row = list.children[active];
    if (row?.id) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const take = (row) => {
    if (row?.dataset.value === undefined) return;
    select.value = row.dataset.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    input.value = chosen();
    close();
  };
  const open = (typed) => {
    const wanted = typed.trim().toLowerCase();
    const found = all.filter(({ key }) => key.includes(wanted)).slice(0, MOST);
    const rows = found.map(({ option }) => {
      const row = made("li", { id: `${list.id}-${option.index}`, role: "option", "data-value": option.value });
      row.textContent = option.text;
      return row;
    });
    if (!rows.length) {
      rows.push(made("li", { class: "options-none", role: "option", "aria-disabled": "true" }));
      rows[0].textContent = "Nothing has this name";
    }
    list.replaceChildren(...rows);
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-expanded", "true");
    mark(found.length && wanted ? 0 : -1);
  };
  const step = (by) => {
    if (list.hidden) open("");
    const count = list.children.length;
    mark(active < 0 && by < 0 ? count - 1 : (active + by + count) % count);
  };
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => (list.hidden ? open("") : take(list.children[active])),
    Escape: () => {
      input.value = chosen();
      close();
    },
  };

  input.value = chosen();
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    if (event.key === "Escape" && list.hidden) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", () => {
    if (!list.hidden && active >= 0) take(list.children[active]); // Tab takes what is marked
    input.value = chosen();
    close();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the focus
    take(event.target.closest("li"));
  });
};

export const searchSelects = () => document.querySelectorAll("select[data-combobox]").forEach(enhance);
