// DOM. What asks for a piece of the page by itself says so where it was refused: what it shows would be of the question before.
//
// Without this script a form leads to the page that says it.

import { gettext } from "./gettext.js";

/** Says refusals after `element` where it is a form, else in it. @returns a function that stops. */
export function attachRefusals(element) {
  let said = null;

  function unsay() {
    said?.remove();
    said = null;
  }

  function say(sentence) {
    unsay();
    said = document.createElement("p");
    said.className = "errors";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    if (element.matches("form")) element.after(said);
    else element.append(said);
  }

  const onRefused = ({ detail }) => say(sentenceOf(detail.xhr.responseText) ?? gettext("The server answered {status}.", { status: detail.xhr.status }));
  const onLost = () => say(gettext("The server could not be asked."));
  const onAnswered = ({ detail }) => { if (detail.successful) unsay(); };
  const heard = { "htmx:responseError": onRefused, "htmx:sendError": onLost, "htmx:afterRequest": onAnswered };
  for (const [name, listen] of Object.entries(heard)) element.addEventListener(name, listen);
  return () => {
    unsay();
    for (const [name, listen] of Object.entries(heard)) element.removeEventListener(name, listen);
  };
}

/** The sentence of a page that refuses; of any other page nothing. Nothing of it is run or fetched. */
function sentenceOf(text) {
  return new DOMParser().parseFromString(text, "text/html").querySelector("[data-refusal]")?.textContent.trim();
}
