// Some of many as chips: a search above them, and no more than are allowed.

const onePicker = (picker) => {
  const most = Number(picker.dataset.picker);
  const [search, count] = ["search", "count"].map((part) => picker.querySelector(`[data-picker-${part}]`));
  const picks = [...picker.querySelectorAll(".pick")];
  const boxOf = (pick) => pick.querySelector("input");
  const tally = () => {
    const chosen = picks.filter((pick) => boxOf(pick).checked).length;
    count.textContent = `${chosen} of ${most}`;
    for (const pick of picks) boxOf(pick).disabled = chosen >= most && !boxOf(pick).checked;
  };
  const sift = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const pick of picks) pick.hidden = !pick.textContent.toLowerCase().includes(wanted);
  };
  const takeOnly = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form is not sent from here: Enter takes the first that is left
    const first = picks.find((pick) => !pick.hidden && !boxOf(pick).disabled);
    if (!search.value || !first) return;
    boxOf(first).click();
    search.value = "";
    sift();
  };
  search.addEventListener("input", sift);
  search.addEventListener("keydown", takeOnly);
  picker.addEventListener("change", tally);
  tally();
};

export const searchPickers = () => document.querySelectorAll("[data-picker]").forEach(onePicker);
