const SIDE = 880;
const EDGE = 60;
const CAPTION = 110;

/** A drawing as a file of its own. */
export function svgOf(drawing: SVGElement): Blob {
  const copy = drawing.cloneNode(true) as SVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

/** A drawing as a picture to print, on white, with a line below it. */
export async function pngOf(drawing: SVGElement, caption: string): Promise<Blob> {
  const address = URL.createObjectURL(svgOf(drawing));
  try {
    const image = new Image(SIDE, SIDE);
    image.src = address;
    await image.decode();
    return await drawnOn(image, caption);
  } finally {
    URL.revokeObjectURL(address);
  }
}

function drawnOn(image: HTMLImageElement, caption: string): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE + 2 * EDGE;
  canvas.height = SIDE + 2 * EDGE + CAPTION;
  const pen = canvas.getContext("2d");
  if (pen === null) return Promise.reject(new Error("This browser draws no pictures."));
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, EDGE, EDGE, SIDE, SIDE);
  pen.fillStyle = "#000000";
  pen.font = "600 52px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.fillText(caption, canvas.width / 2, SIDE + EDGE + CAPTION - 20, SIDE);
  return new Promise((resolve, reject) => {
    canvas.toBlob((file) => {
      if (file === null) reject(new Error("This browser draws no pictures."));
      else resolve(file);
    }, "image/png");
  });
}
