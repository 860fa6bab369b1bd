// DOM. A tree that is not drawn yet takes no room: what is in view before, may be far below it after. And plotly takes
// a second of the page's time while it is read, in which the tree could not come.

/** Resolves when the page's tree stands, or cannot; at once where there is none. */
export function treeStands() {
  const tree = document.querySelector("[data-tree]:not([data-ready], [data-failed])");
  if (!tree) return Promise.resolve();
  return new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (!tree.matches("[data-ready], [data-failed]")) return;
      watch.disconnect();
      done();
    });
    watch.observe(tree, { attributes: true, attributeFilter: ["data-ready", "data-failed"] });
  });
}
