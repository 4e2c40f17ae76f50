// A file that has arrived is shown in its list.

document.addEventListener("uploaded", () => location.assign(`${location.pathname}?done=added`));
