// DOM. Light, dark or as the system says. The cookie lets the server paint the next page right at once.

import { gettext } from "./gettext.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SAID = { auto: gettext("Theme: as the system"), light: gettext("Theme: light"), dark: gettext("Theme: dark") };

export function attachTheme(button) {
  const root = document.documentElement;
  const now = () => root.dataset.theme ?? "auto";
  const say = () => { button.title = SAID[now()]; button.setAttribute("aria-label", gettext("{theme}. Change", { theme: SAID[now()] })); };
  const tell = () => document.dispatchEvent(new CustomEvent("theme"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = NEXT[now()];
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    say();
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  say();
}
