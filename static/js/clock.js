// DOM. `<time data-ago>` in words that stay true; the exact time is its title.

import { gettext } from "./gettext.js";
import { age } from "./words.js";

const EVERY = 5000;

function say() {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const then = Date.parse(element.dateTime);
    if (Number.isNaN(then)) continue;
    if (!element.title) element.title = element.textContent.trim();
    const seconds = (Date.now() - then) / 1000;
    if (seconds < 86_400 * 7) element.textContent = gettext("{age} ago", { age: age(seconds) });
  }
}

export function attachClock() {
  say();
  setInterval(say, EVERY);
  document.addEventListener("htmx:load", say);
}
