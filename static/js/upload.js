// DOM. The form of the import page: refuses what is too much before it is sent, and says where in a folder each file lay.

import { gettext } from "./gettext.js";

const MEBI = 1024 * 1024;
const ROOM_FOR_THE_FORM = 64 * 1024; // fields and part headings are bytes of the body too
const HEADING = 512;

/** What is wrong with these files, as a sentence; empty when nothing is. */
export function complaint(files, most) {
  if (!files.length) return gettext("No file was chosen.");
  if (files.length > most.files) {
    const parts = { count: files.length.toLocaleString("en-US"), most: most.files.toLocaleString("en-US") };
    return gettext("These are {count} files, and {most} is the most. Pack them into a .zip, or import them with manage.py import_traces.", parts);
  }
  const bytes = files.reduce((sum, file) => sum + file.size + HEADING, ROOM_FOR_THE_FORM);
  if (bytes > most.bytes) {
    const parts = { size: (bytes / MEBI).toFixed(1), most: (most.bytes / MEBI).toFixed(0) };
    return gettext("The files have {size} MiB together, and {most} MiB is the most. Import them in smaller parts, or with manage.py import_traces.", parts);
  }
  return "";
}

/** Attaches to the form. @returns a function that detaches. */
export function attachUpload(form) {
  const most = { bytes: Number(form.dataset.mostBytes), files: Number(form.dataset.mostFiles) };
  const error = form.querySelector("[data-upload-error]");
  const status = form.querySelector("[data-upload-status]");
  const button = form.querySelector("button[type=submit]");

  function say(sentence) {
    error.textContent = sentence;
    error.hidden = !sentence;
  }

  function onSubmit(event) {
    const folder = [...form.elements.folder.files];
    const sentence = complaint([...form.elements.files.files, ...folder], most);
    say(sentence);
    if (sentence) { event.preventDefault(); return; }
    form.elements.paths.value = JSON.stringify(folder.map((file) => file.webkitRelativePath || file.name));
    status.textContent = gettext("Uploading…");
    button.disabled = true;
  }

  // A page that the browser brings back as it was must be usable again.
  function onShow() {
    status.textContent = "";
    button.disabled = false;
  }

  form.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", onShow);
  return () => { form.removeEventListener("submit", onSubmit); window.removeEventListener("pageshow", onShow); };
}
