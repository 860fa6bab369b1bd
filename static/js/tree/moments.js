// DOM. Where a tree is played back its bones are given, not loaded: "tree:moment" on the pane brings the run at an entry.

export class MomentsGiven {
  constructor(pane, onMoment, signal) {
    pane.addEventListener("tree:moment", ({ detail }) => onMoment(detail), { signal });
  }

  /** Nothing is loaded here: what grows, grows at the end of the record. */
  async load() {}
}
