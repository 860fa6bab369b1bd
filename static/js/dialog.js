// DOM. One dialog for a page: what htmx puts into its body is shown in it, and a form in it is sent like any other.
//
// Without this script the same links lead to pages of their own.

/** Shows the dialog when its body is filled. @returns a function that stops. */
export function attachDialog(dialog) {
  const body = dialog.querySelector("[data-dialog-body]");

  function onSwap(event) {
    if (event.target !== body) return;
    dialog.showModal();
    body.querySelector("textarea, input[type=text]")?.focus();
  }

  function onClick(event) {
    const isBackdrop = event.target === dialog;
    if (!isBackdrop && !event.target.closest("[data-dialog-close]")) return;
    event.preventDefault();
    dialog.close();
  }

  const onClose = () => { body.textContent = ""; };
  body.addEventListener("htmx:afterSwap", onSwap);
  dialog.addEventListener("click", onClick);
  dialog.addEventListener("close", onClose);
  return () => body.removeEventListener("htmx:afterSwap", onSwap);
}
