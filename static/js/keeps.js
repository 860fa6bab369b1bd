// DOM. A form that keeps what another form says now: filters change without the page being made anew.

/** @param form with `data-keeps`, the selector of the form whose fields are sent along. */
export function attachKeeps(form) {
  const onSubmit = () => {
    for (const stale of form.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])")) stale.remove();
    for (const [name, value] of new FormData(document.querySelector(form.dataset.keeps))) {
      if (value === "") continue;
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(field);
    }
  };
  form.addEventListener("submit", onSubmit);
  return () => form.removeEventListener("submit", onSubmit);
}
