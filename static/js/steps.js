// DOM. The ways to send a first run, as tabs. Without this script all of them stand one under another.

/** @returns a function that stops. */
export function attachSteps(steps) {
  const list = steps.querySelector("[role=tablist]");
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => steps.querySelector(`#${tab.getAttribute("aria-controls")}`);

  function choose(chosen) {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      panelOf(tab).hidden = tab !== chosen;
    }
  }

  function onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    event.preventDefault();
    choose(next);
    next.focus();
  }

  const onClick = (event) => { const tab = event.target.closest("[role=tab]"); if (tab) choose(tab); };
  list.addEventListener("click", onClick);
  list.addEventListener("keydown", onKey);
  for (const offered of [list, ...steps.querySelectorAll("[data-copy]")]) offered.hidden = false;
  choose(tabs[0]);
  return () => { list.removeEventListener("click", onClick); list.removeEventListener("keydown", onKey); };
}
