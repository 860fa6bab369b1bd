// WORKER. Reads the record of a run portion by portion, and makes the tree at any entry of it, beside the page.
//
// In: {do: "read", url, run} and again when the run has grown; {do: "seek", seq}. Out: {grown}, {moment}, {failed}. Arrays go
// over to the page and are not copied. One request at a time; one that fails is asked for again by the next "read".

import { buildIndex } from "../tree/index.js";
import { Record } from "./record.js";

let record = null;
let reading = false;
let again = false;
let wanted = null;
let due = 0;

self.onmessage = ({ data }) => {
  if (data.do === "read") read(data).catch((error) => { reading = false; postMessage({ failed: error.message }); });
  else { wanted = data.seq; due ||= setTimeout(answer); } // what else is asked for meanwhile comes first
};

async function read({ url, run }) {
  record ??= new Record(run);
  again = true;
  if (reading) return;
  reading = true;
  while (again) {
    again = false;
    let last;
    do {
      const answered = await fetch(`${url}?after=${record.size - 1}`);
      if (!answered.ok) throw new Error(await answered.text());
      last = take(await answered.json());
    } while (record.size <= last);
  }
  reading = false;
}

function take(portion) {
  const from = record.size;
  record.append(portion);
  const outline = record.outline(from);
  postMessage({ grown: { ...outline, size: record.size, last: portion.last, marks: record.names.mark } }, [outline.at.buffer, outline.mark.buffer]);
  answer();
  return portion.last;
}

function answer() {
  due = 0;
  if (wanted === null || record === null || wanted >= record.size) return;
  const seq = wanted;
  wanted = null;
  record.seek(seq);
  const index = buildIndex(record.bones(seq));
  const moment = { seq, index, entry: record.entry(seq), values: record.values(seq), words: { state: record.names.state, rule: record.names.rule }, deepest: index.depth.reduce((most, depth) => Math.max(most, depth), 0) };
  postMessage({ moment }, [...buffersIn(index)]);
}

/** The memory of all typed arrays of an index, each once. */
function buffersIn(index) {
  const found = new Set();
  for (const part of [index, index.sums, index.bones, index.bones.columns]) {
    for (const value of Object.values(part)) if (ArrayBuffer.isView(value)) found.add(value.buffer);
  }
  return found;
}
