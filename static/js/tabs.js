// DOM. The line of sections under the header: marks the one that is in view.

export function attachTabs(nav) {
  const links = new Map([...nav.querySelectorAll("a[href^='#']")].map((link) => [document.querySelector(link.getAttribute("href")), link]));
  const mark = (section) => {
    for (const link of links.values()) link.removeAttribute("aria-current");
    links.get(section)?.setAttribute("aria-current", "true");
  };
  const watch = new IntersectionObserver((entries) => {
    const shown = entries.filter((entry) => entry.isIntersecting);
    if (shown.length) mark(shown[0].target);
  }, { rootMargin: "-30% 0px -60% 0px" });
  for (const section of links.keys()) if (section) watch.observe(section);
  return () => watch.disconnect();
}
