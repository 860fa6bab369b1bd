// DOM. A drawn figure as a PNG file. Plotly's own way there leads over a blob: image, which `img-src` does not allow;
// its SVG comes as data:, which it does.

const SCALE = 2;

async function draw(source, width, height) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

/** Saves what plotly drew in an element, as it stands, under a name. */
export async function savePicture(library, element, filename) {
  const { clientWidth: width, clientHeight: height } = element;
  const svg = await library.toImage(element, { format: "svg", width, height });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await draw(svg, width, height));
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
