// DOM. One socket for a page, carrying pokes; and the mark that says how old the page is.
//
// A poke says that something changed; the page then fetches what it shows, unless the socket brings it along
// (brought.js). A lost poke only delays: every hello and every return to a hidden page compares, and while the
// socket is down the page asks by itself, ever more slowly, and only while somebody looks. "live" is said only of
// a socket that spoke within BEAT.

import { attachBrought, bringNothing, putPieces, wanted } from "./brought.js";
import { gettext } from "./gettext.js";
import { age } from "./words.js";

const BEAT = 25_000;
const FRAGMENTS_EVERY = 1000;
const LOOK_EVERY = 30_000; // a poke that was lost on its way leaves a page behind for no longer than this
const POLL = { first: 3000, most: 30_000 };
const SAID = { live: gettext("live"), polling: gettext("polling"), stale: gettext("stale") };
const RETRY = { first: 500, most: 15_000 };

/** The last entry that the page knows of. Who asks with it is answered as of that entry or a later one. */
const known = { seq: -1 };
export const know = (seq) => { known.seq = Math.max(known.seq, seq ?? -1); };
export const asKnown = () => (known.seq < 0 ? {} : { "Live-Seq": String(known.seq) });

/** Calls at once, then at most once each `every` ms, the last call never lost. */
export function throttle(call, every) {
  let timer = 0;
  let waiting = false;
  return () => {
    if (timer) { waiting = true; return; }
    call();
    timer = setTimeout(function again() {
      timer = 0;
      if (!waiting) return;
      waiting = false;
      call();
      timer = setTimeout(again, every);
    }, every);
  };
}

/** Follows `data-live` ("run=…" or "project=…") of an element. @returns a function that stops. */
export function follow(element, mark) {
  const page = { seq: Number(element.dataset.seq ?? -1), spoke: 0, polled: 0, asked: Date.now() };
  const isOfOneRun = /^run=[^&]*$/.test(element.dataset.live);
  const fragments = throttle(() => window.htmx.trigger(document.body, "poke"), FRAGMENTS_EVERY);
  const approvals = throttle(() => window.htmx.trigger(document.body, "approvals"), FRAGMENTS_EVERY);
  let socket = null;
  let retry = RETRY.first;
  let poll = POLL.first;
  let stopped = false;
  const timers = { retry: 0, poll: 0, mark: setInterval(say, 1000) };

  const tell = (detail) => document.dispatchEvent(new CustomEvent("live:poke", { detail }));

  function poke(detail) {
    page.asked = Date.now();
    tell(detail);
    fragments();
    // A poke that names no topic is the page's own: it may have missed one.
    if (!detail.topics?.length || detail.topics.includes("approvals")) approvals();
  }

  function heard(message) {
    page.spoke = Date.now();
    const changed = message.topics?.length || message.seq > page.seq;
    page.seq = Math.max(page.seq, message.seq ?? -1);
    know(message.seq);
    const isDue = !document.hidden && Date.now() - page.asked > LOOK_EVERY;
    if (message.pieces) putPieces(message.pieces);
    // A poke may have been lost, and with it what the socket would have brought.
    if (isDue && !changed) bringNothing();
    const { run, seq, topics, bones } = message;
    if (changed || isDue) poke({ run, seq, topics, bones });
    else if (bones) tell({ run, bones }); // what came after a poke that had been told already
    if (isOfOneRun) want();
    say();
  }

  /** After each message: what has come is in its place by then. */
  function want() {
    if (socket?.readyState === WebSocket.OPEN) socket.send(wanted());
  }

  function connect() {
    if (stopped) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/live?${element.dataset.live}`);
    socket.onopen = () => { retry = RETRY.first; poll = POLL.first; clearTimeout(timers.poll); };
    socket.onmessage = (event) => heard(JSON.parse(event.data));
    socket.onclose = (event) => {
      bringNothing();
      if (stopped || event.code === 4404) return say();
      clearTimeout(timers.retry);
      timers.retry = setTimeout(connect, retry * (0.75 + Math.random() / 2));
      retry = Math.min(retry * 2, RETRY.most);
      askLater();
      say();
    };
  }

  const isLive = () => socket?.readyState === WebSocket.OPEN && Date.now() - page.spoke < BEAT;

  function askLater() {
    clearTimeout(timers.poll);
    timers.poll = setTimeout(() => {
      if (stopped || isLive()) return;
      if (!document.hidden) { page.polled = Date.now(); poke({ run: null, seq: null, topics: [] }); poll = Math.min(poll * 1.6, POLL.most); }
      askLater();
    }, poll);
  }

  function say() {
    const last = Math.max(page.spoke, page.polled);
    const state = isLive() ? "live" : last && Date.now() - page.polled < BEAT ? "polling" : "stale";
    mark.dataset.state = state;
    const ago = last ? ` · ${gettext("{age} ago", { age: age((Date.now() - last) / 1000) })}` : "";
    mark.lastElementChild.textContent = SAID[state] + ago;
  }

  function onVisible() {
    if (document.hidden) return;
    poll = POLL.first;
    if (!isLive()) poke({ run: null, seq: null, topics: [] });
  }

  document.addEventListener("visibilitychange", onVisible);
  document.body.addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, asKnown()));
  attachBrought();
  mark.hidden = false;
  connect();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", onVisible);
    clearInterval(timers.mark);
    clearTimeout(timers.retry);
    clearTimeout(timers.poll);
    socket?.close();
  };
}
