// DOM. The player on a page: the scrubber, its buttons and keys, and what they move (tree, counts, words, address).

import { Fragment } from "./fragments.js";
import { KEYS, isForPlayer } from "./keys.js";
import { attachMarks } from "./marks.js";
import { Player } from "./player.js";
import { Reader } from "./reader.js";
import { Standing } from "./standing.js";
import { Timeline } from "./timeline.js";
import { since } from "./since.js";

const PARTS = ["marks", "scrubber", "play", "play-word", "speed", "place", "last", "time", "reading", "entry", "failed", "standing", "follow"];
const ADDRESS_EVERY = 400; // browsers refuse a page that writes its address too often

/** Attaches to `[data-playback]`. @returns a function that detaches. */
export function attachPlayback(element) {
  const pane = new PlaybackPane(element);
  return () => pane.stop();
}

class PlaybackPane {
  #stop = new AbortController();
  #addressed = 0;

  constructor(element) {
    const { run, seq, last, changesUrl, entryUrl, answerUrl } = element.dataset;
    const { signal } = this.#stop;
    this.element = element;
    this.parts = Object.fromEntries(PARTS.map((name) => [name, element.querySelector(`[data-part=${name}]`)]));
    this.words = JSON.parse(element.dataset.sayings);
    this.tree = element.querySelector("[data-tree]");
    this.timeline = new Timeline(Number(last));
    this.entry = new Fragment(this.parts.entry, entryUrl, (at) => `seq=${at}`);
    this.standing = new Standing({ element: this.parts.standing, answerUrl, words: this.words });
    this.draw = attachMarks(this.parts.marks, this.timeline, signal);
    this.reader = new Reader({
      url: changesUrl, run,
      onGrown: (grown) => this.#grow(grown), onMoment: (moment) => this.#show(moment), onFailed: () => { this.parts.failed.hidden = false; },
    });
    this.player = new Player({
      timeline: this.timeline, seq: Number(seq),
      onMove: (at) => this.#move(at), onPlay: (isPlaying) => this.#tellPlaying(isPlaying),
      mayMove: () => !this.reader.isBusy,
    });
    this.#listen(signal);
    this.reader.read();
    this.#move(Number(seq));
  }

  stop() {
    this.#stop.abort();
    if (this.player.isPlaying) this.player.pause();
    clearTimeout(this.#addressed);
    this.reader.close();
    this.entry.close();
    this.standing.close();
  }

  #listen(signal) {
    const { parts, player } = this;
    parts.scrubber.addEventListener("input", () => player.goTo(Number(parts.scrubber.value)), { signal });
    parts.speed.addEventListener("change", () => { player.speed = parts.speed.value; }, { signal });
    player.speed = parts.speed.value;
    this.element.addEventListener("click", (event) => this.#onClick(event), { signal });
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    document.addEventListener("live:poke", ({ detail }) => this.#onPoke(detail), { signal });
  }

  #onClick(event) {
    const go = event.target.closest("[data-go]")?.dataset.go;
    if (go) this.#go(go);
  }

  #onKey(event) {
    const go = KEYS[event.key];
    if (!go || !isForPlayer(event, this.parts.scrubber)) return;
    event.preventDefault();
    this.#go(go);
  }

  #go(where) {
    const { player } = this;
    if (where === "play") return player.toggle();
    if (where === "again") { this.parts.failed.hidden = true; return this.reader.read(); }
    if (player.isPlaying) player.pause();
    if (where === "earlier" || where === "later") return player.toDecision(where === "later" ? 1 : -1);
    player.goTo({ begin: 0, back: player.seq - 1, on: player.seq + 1, end: this.timeline.last }[where]);
  }

  /** The end of a live run moves; the reader's place does not. */
  #onPoke({ run, seq }) {
    const isOurs = run === null || run === this.element.dataset.run;
    if (isOurs && (seq === null || seq >= this.timeline.size)) this.reader.read();
  }

  #grow(grown) {
    const { parts, timeline } = this;
    timeline.append(grown);
    parts.scrubber.max = String(timeline.last);
    parts.last.textContent = timeline.last.toLocaleString("en-US");
    const isRead = timeline.size > timeline.last;
    parts.reading.textContent = isRead ? "" : this.words.reading.replace("{read}", timeline.size.toLocaleString("en-US")).replace("{all}", (timeline.last + 1).toLocaleString("en-US"));
    this.element.toggleAttribute("data-read", isRead);
    this.#fill();
    this.draw();
  }

  #move(seq) {
    const { parts } = this;
    this.reader.seek(seq);
    if (Number(parts.scrubber.value) !== seq) parts.scrubber.value = String(seq);
    this.#fill();
    parts.place.textContent = seq.toLocaleString("en-US");
    this.entry.show(seq);
    this.#addressed ||= setTimeout(() => this.#address(), ADDRESS_EVERY);
  }

  /** The part of the way that lies behind. */
  #fill() {
    this.parts.scrubber.style.setProperty("--at", `${((this.player?.seq ?? 0) / Math.max(1, this.timeline.last)) * 100}%`);
  }

  #show(moment) {
    const { seq, entry } = moment;
    const detail = { ...moment, now: entry.node, isFollowed: this.parts.follow.checked };
    this.tree.dispatchEvent(new CustomEvent("tree:moment", { detail }));
    this.standing.show(moment);
    const { origin } = moment.values;
    const time = since(typeof origin === "number" ? entry.at - origin / 1000 : null, this.words);
    this.parts.time.textContent = time;
    const said = [this.words.entry.replace("{seq}", seq).replace("{last}", this.timeline.last), time, this.words.entries[entry.kind]];
    this.parts.scrubber.setAttribute("aria-valuetext", said.filter(Boolean).join(", "));
    this.element.dataset.shown = seq;
  }

  #tellPlaying(isPlaying) {
    const { play, "play-word": word } = this.parts;
    word.textContent = isPlaying ? this.words.pause : this.words.play;
    play.toggleAttribute("data-playing", isPlaying);
  }

  #address() {
    this.#addressed = 0;
    const asked = new URLSearchParams(location.search);
    asked.set("seq", this.player.seq);
    history.replaceState(history.state, "", `?${asked}${location.hash}`);
  }
}
