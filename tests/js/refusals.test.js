import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { attachRefusals } from "../../static/js/refusals.js";

/** As much of a form as is asked for: it hears events, and knows what stands after it. */
class Form extends EventTarget {
  shown = [];
  matches(selector) { return selector === "form"; }
  after(said) { said.remove = () => { this.shown = []; }; this.shown.push(said); }
  hears(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
  get says() { return this.shown.map((said) => said.textContent); }
}

const refused = (responseText) => ({ xhr: { status: 400, responseText } });
let form;

beforeEach(() => {
  globalThis.document = { createElement: () => ({ setAttribute() {} }) };
  globalThis.DOMParser = class {
    parseFromString(text) { return { querySelector: () => (text ? { textContent: text } : null) }; }
  };
  form = new Form();
});

test("what was refused is said in the server's words until something is answered", () => {
  attachRefusals(form);
  form.hears("htmx:responseError", refused(" beam must be a number. "));
  form.hears("htmx:afterRequest", { successful: false });
  assert.deepEqual(form.says, ["beam must be a number."]);
  form.hears("htmx:responseError", refused("n must be a number."));
  assert.deepEqual(form.says, ["n must be a number."]);
  form.hears("htmx:afterRequest", { successful: true });
  assert.deepEqual(form.says, []);
});

test("an answer without a sentence, and no answer, are said too", () => {
  attachRefusals(form);
  form.hears("htmx:responseError", refused(""));
  assert.deepEqual(form.says, ["The server answered 400."]);
  form.hears("htmx:sendError");
  assert.deepEqual(form.says, ["The server could not be asked."]);
});

test("a form that is taken away says nothing any more", () => {
  const stop = attachRefusals(form);
  form.hears("htmx:responseError", refused("no."));
  stop();
  assert.deepEqual(form.says, []);
  form.hears("htmx:sendError");
  assert.deepEqual(form.says, []);
});
