// DOM. The queue of approvals: kept current without touching what somebody is reading or writing, and its keys.
//
// j and k go on and back. The first `a` goes to a request and opens it, the second approves what is then in view;
// `d` opens the reason. Without this script the same forms work, and the page is current when it is loaded.

import { gettext } from "./gettext.js";

const ITEM = "[data-approval]";
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
const seenSince = new WeakMap();

/** Follows pokes and keys for the queue. @returns a function that stops. */
export function attachApprovals(queue) {
  const list = queue.querySelector("[data-approvals-items]");
  const items = () => [...list.querySelectorAll(ITEM)];
  let asking = false;
  let again = false;
  const born = new WeakMap(items().map((item) => [item, performance.now()]));
  let armed = null;

  async function look() {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(queue.dataset.approvals, { headers: { "HX-Request": "true" } });
      const sentTo = answer.headers.get("HX-Redirect");
      if (sentTo) location.assign(sentTo);
      else if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the next poke, or the next look, asks again */ }
    asking = false;
    if (again) { again = false; look(); }
  }

  function take(fresh) {
    const wanted = [...fresh.querySelectorAll(ITEM)];
    const known = new Map(items().map((item) => [item.id, item]));
    for (const item of wanted) {
      const there = known.get(item.id);
      known.delete(item.id);
      if (!there) list.append(bear(item));
      else if (there.dataset.version !== item.dataset.version) replace(there, item);
      else there.querySelector(".approval__expires").replaceWith(document.adoptNode(item.querySelector(".approval__expires")));
    }
    for (const gone of known.values()) isInUse(gone) ? sayGone(gone) : gone.remove();
    for (const part of ["[data-approvals-lately]", "[data-approvals-said]", "[data-approvals-none]"]) {
      queue.querySelector(part).replaceWith(document.adoptNode(fresh.querySelector(part)));
    }
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: {} }));
  }

  function bear(item) {
    born.set(item, performance.now());
    return document.adoptNode(item);
  }

  function replace(there, item) {
    if (isInUse(there)) { sayGone(there, gettext("It changed meanwhile. Load the page again to see how it stands.")); return; }
    const wasOpen = there.querySelector("details").open;
    const hadFocus = there === document.activeElement;
    there.replaceWith(bear(item));
    item.querySelector("details").open = wasOpen;
    if (hadFocus) item.focus();
  }

  const isInUse = (item) => [...item.querySelectorAll("input[type=text], textarea")]
    .some((field) => field === document.activeElement || field.value !== field.defaultValue);

  function sayGone(item, said = gettext("It was decided meanwhile. What you send now is answered with who was first.")) {
    if (item.querySelector(".approval__gone")) return;
    const note = Object.assign(document.createElement("p"), { className: "approval__gone", textContent: said });
    note.setAttribute("role", "status");
    item.querySelector(".approval__head").after(note);
  }

  function noteOpened(event) {
    const item = event.target.closest?.(ITEM);
    if (!item || !event.target.matches(".approval__more") || !event.target.open || seenSince.has(item)) return;
    seenSince.set(item, performance.now());
    // The server's time at which the page was made, and what passed here since: no clock but its own is used.
    const field = item.querySelector("[name=opened_at]");
    if (field) field.value = String(BigInt(field.value) + BigInt(Math.round((performance.now() - born.get(item)) * 1e6)));
  }

  const current = () => document.activeElement?.closest?.(ITEM);

  function go(step) {
    const all = items();
    const at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function approve() {
    const item = current() ?? items()[0];
    if (!item) return;
    const more = item.querySelector(".approval__more");
    if (more.open && armed === item && current() === item) { item.querySelector("[value=approve]")?.click(); return; }
    more.open = true;
    armed = item;
    item.focus();
    item.scrollIntoView({ block: "nearest" });
  }

  function refuse() {
    const item = current() ?? items()[0];
    if (!item) return;
    item.querySelector(".approval__more").open = true;
    (item.querySelector("[name=reason]") ?? item).focus();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = { j: () => go(1), k: () => go(-1), a: approve, d: refuse }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  const onMove = () => { if (current() !== armed) armed = null; };
  document.addEventListener("fragments", look);
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", onMove);
  queue.addEventListener("toggle", noteOpened, true);
  queue.querySelector(`${ITEM} .approval__more[open]`)?.closest(ITEM).focus();
  return () => {
    document.removeEventListener("fragments", look);
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("focusin", onMove);
  };
}
