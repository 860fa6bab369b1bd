// DOM. The table of a figure, fetched when it is opened.

/** Puts the server's table into `target`. */
export async function fetchTable(address, target, signal) {
  const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(`table: ${answer.status}`);
  const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
  target.replaceChildren(...piece.body.children);
}
