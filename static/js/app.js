// The only entry. Attaches the parts to what the page carries, and detaches them when htmx takes it away.

import { attachAligned } from "./aligned/lines.js";
import { attachApprovals } from "./approvals.js";
import { attachBadge } from "./badge.js";
import { attachChart } from "./charts.js";
import { attachClock } from "./clock.js";
import { attachDialog } from "./dialog.js";
import { attachKeeps } from "./keeps.js";
import { attachKeysOfPage } from "./keys.js";
import { gettext } from "./gettext.js";
import { follow } from "./live.js";
import { attachPalette } from "./palette/pane.js";
import { attachPieces } from "./pieces.js";
import { attachPlayback } from "./playback/pane.js";
import { attachRemarks } from "./remarks.js";
import { attachSteps } from "./steps.js";
import { attachTabs } from "./tabs.js";
import { attachTheme } from "./theme.js";
import { attachTimeline } from "./timeline/pane.js";
import { attachTree } from "./tree/pane.js";
import { attachUpload } from "./upload.js";

const PARTS = [
  ["[data-tree]", attachTree],
  ["[data-chart]", attachChart],
  ["[data-timeline]", attachTimeline],
  ["[data-tabs]", attachTabs],
  ["[data-dialog]", attachDialog],
  ["[data-upload]", attachUpload],
  ["[data-approvals]", attachApprovals],
  ["[data-keeps]", attachKeeps],
  ["[data-playback]", attachPlayback],
  ["[data-remarks]", attachRemarks],
  ["[data-aligned]", attachAligned],
  ["[data-palette]", attachPalette],
  ["[data-steps]", attachSteps],
];
const attached = new Map();

function attachAll() {
  for (const [selector, attach] of PARTS) {
    for (const element of document.querySelectorAll(selector)) {
      if (!attached.has(element)) attached.set(element, attach(element));
    }
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

attachAll();
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
document.documentElement.dataset.ready = "";
