// DOM. Light, dark or as the system says. The cookie lets the server paint the next page right at once.

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SAID = { auto: "as the system", light: "light", dark: "dark" };

export function attachTheme(button) {
  const root = document.documentElement;
  const now = () => root.dataset.theme ?? "auto";
  const say = () => { button.title = `Theme: ${SAID[now()]}`; button.setAttribute("aria-label", `Theme: ${SAID[now()]}. Change`); };
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
