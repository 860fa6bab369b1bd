// DOM. What people say of a run or a node, kept as the server tells it: fetched when it comes, and again at each poke.
//
// What somebody is writing is never taken away: while a form holds words that were not sent, the piece stays as it is.
// Without this script the same forms and links lead to pages of their own.

const ASK = { headers: { "HX-Request": "true" } };

/** @param host with `data-remarks`, where its piece is; `data-lazy` fetches it at once. @returns a function that stops. */
export function attachRemarks(host) {
  const isWriting = () => [...host.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
  const isOpen = () => host.contains(document.activeElement) && document.activeElement.closest("form, details");

  async function load() {
    const answer = await fetch(host.dataset.remarks, ASK);
    if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect"));
    if (answer.ok) host.innerHTML = await answer.text();
  }

  const onPoke = () => { if (!isWriting() && !isOpen()) load().catch(() => {}); };

  async function onSubmit(event) {
    const form = event.target.closest("[data-remark]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { ...ASK, method: "POST", body: new FormData(form) });
      if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect"));
      const told = await answer.text();
      if (!answer.ok) return tell(form, told);
      await load();
      host.insertAdjacentHTML("afterbegin", told);
      focusOn(host.querySelector("[role=status]"));
    } catch {
      tell(form, "");
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  host.addEventListener("submit", onSubmit);
  document.addEventListener("fragments", onPoke);
  if (host.dataset.lazy !== undefined) load().catch(() => {});
  return () => {
    host.removeEventListener("submit", onSubmit);
    document.removeEventListener("fragments", onPoke);
  };
}

/** Says in the form why it was not taken; the words stay in it. */
function tell(form, answer) {
  form.querySelector("[data-error]")?.remove();
  const told = new DOMParser().parseFromString(answer, "text/html").querySelector("[data-error]");
  const error = told ?? Object.assign(document.createElement("p"), { className: "errors", textContent: form.dataset.failed });
  error.setAttribute("data-error", "");
  error.setAttribute("role", "alert");
  form.append(error);
}

function focusOn(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
