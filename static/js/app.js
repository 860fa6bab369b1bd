// The only entry. Attaches the parts to what the page carries, and detaches them when htmx takes it away.
//
// A part of several files is fetched by the pages that carry it: each file costs some 7 ms, from a browser's own store too.

import { attachBadge } from "./badge.js";
import { attachClock } from "./clock.js";
import { attachDialog } from "./dialog.js";
import { gettext } from "./gettext.js";
import { attachKeysOfPage } from "./keys.js";
import { follow } from "./live.js";
import { attachPalette } from "./palette/pane.js";
import { attachPieces } from "./pieces.js";
import { attachTabs } from "./tabs.js";
import { attachTheme } from "./theme.js";

/** Selector, and what gives the function that attaches to such an element and returns one that detaches, if it must. */
const PARTS = [
  ["[data-tree]", async () => (await import("./tree/pane.js")).attachTree],
  ["[data-tabs]", () => attachTabs],
  ["[data-dialog]", () => attachDialog],
  ["[data-palette]", () => attachPalette],
  ["[data-chart]", async () => (await import("./charts.js")).attachChart],
  ["[data-timeline]", async () => (await import("./timeline/pane.js")).attachTimeline],
  ["[data-upload]", async () => (await import("./upload.js")).attachUpload],
  ["[data-approvals]", async () => (await import("./approvals.js")).attachApprovals],
  ["[data-keeps]", async () => (await import("./keeps.js")).attachKeeps],
  ["[data-playback]", async () => (await import("./playback/pane.js")).attachPlayback],
  ["[data-remarks]", async () => (await import("./remarks.js")).attachRemarks],
  ["[data-aligned]", async () => (await import("./aligned/lines.js")).attachAligned],
  ["form[hx-get], section[hx-get].analytics__waits", async () => (await import("./refusals.js")).attachRefusals],
  ["[data-aimed]", async () => (await import("./aimed.js")).attachAimed],
  ["[data-steps]", async () => (await import("./steps.js")).attachSteps],
];
const attached = new Map();

/** Resolves when all that the page carries now is attached, or could not be fetched. */
function attachAll() {
  const found = PARTS.flatMap(([selector, part]) => [...document.querySelectorAll(selector)].map((element) => [element, part]));
  return Promise.all(found.filter(([element]) => !attached.has(element)).map(([element, part]) => attach(element, part)));
}

async function attach(element, part) {
  attached.set(element, null);
  try {
    const attachTo = await part();
    // It may have been taken away while its part was fetched.
    if (attached.has(element)) attached.set(element, attachTo(element));
  } catch (error) {
    attached.delete(element);
    reportError(error); // the other parts of the page are none the worse for it
  }
}

function detach(event) {
  attached.get(event.target)?.();
  attached.delete(event.target);
}

function onClick(event) {
  const shown = event.target.closest("[data-show-node]");
  // A link is followed where there is no tree to show it in, and where another tab was asked for.
  if (shown && document.querySelector("[data-tree]") && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("tree:show", { detail: { ordinal: shown.dataset.showNode } }));
  }
  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard.writeText(document.querySelector(copied.dataset.copy).textContent.trim()).then(() => { copied.textContent = gettext("Copied"); });
}

const isAttached = attachAll();
attachBadge();
attachClock();
attachKeysOfPage();
attachPieces();
attachTheme(document.querySelector("[data-theme-button]"));
document.addEventListener("htmx:load", attachAll);
document.addEventListener("htmx:beforeCleanupElement", detach);
document.addEventListener("click", onClick);
document.body.addEventListener("poke", () => document.dispatchEvent(new CustomEvent("fragments")));

const live = document.querySelector("[data-live]");
if (live) follow(live, document.querySelector("[data-live-mark]"));
isAttached.then(() => { document.documentElement.dataset.ready = ""; });
