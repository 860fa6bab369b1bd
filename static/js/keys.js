// DOM. Keys that work everywhere on a page: "/" goes to the search, "?" shows what the keys are.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

export function attachKeysOfPage() {
  const help = document.getElementById("keys-help");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") help?.showModal();
    else if (event.key === "/") document.querySelector("[data-search]")?.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help?.showModal();
  });
}
