// DOM. The number of actions that wait for a person, in the head of every page: also of those that follow nothing.

const EVERY = 30_000; // a poke of the topic tells sooner, where one is heard

/** Looks again while somebody looks at the page. */
export function attachBadge() {
  setInterval(() => {
    const badge = document.querySelector("[data-badge]");
    if (badge && !document.hidden) window.htmx.trigger(badge, "look");
  }, EVERY);
}
