// What the network and its units make of the plane.

const dark = matchMedia("(prefers-color-scheme: dark)");
const low = [0, 114, 178], high = [230, 159, 0]; // Okabe and Ito's blue and orange
const gap = 2;

// perRow is how many units stand side by side: a power of two, as widths often are, that makes about a square.
export const perRow = (units) => 2 ** Math.ceil(Math.log2(units) / 2);

// shade mixes blue, the paper and orange: at runs from -1 to 1. It returns a pixel, as ImageData lays it out.
function shade(at) {
  const middle = dark.matches ? [34, 34, 34] : [248, 248, 248];
  const end = at < 0 ? low : high;
  const share = Math.min(1, Math.abs(at));
  return pixel(middle.map((m, i) => Math.round(m + share * (end[i] - m))));
}

function pixel([red, green, blue]) { return new Uint32Array(new Uint8ClampedArray([red, green, blue, 255]).buffer)[0]; }

const broken = [pixel([90, 90, 90]), pixel([170, 170, 170])]; // a chequer of what is not finite

// The pixels of the 256 bytes that are probabilities, and of those that are a unit's values, as the engine writes them;
// undefined where they are not finite.
let tables;
function colours() {
  if (tables?.dark === dark.matches) return tables;
  const probability = Array.from({ length: 256 }, (_, b) => (b === 255 ? undefined : shade(b / 127 - 1)));
  const value = Array.from({ length: 256 }, (_, b) => (b === 0x80 ? undefined : shade((b > 127 ? b - 256 : b) / 127)));
  tables = { dark: dark.matches, probability, value };
  return tables;
}

// paint writes a square of bytes into an image's pixels, its first row at the bottom.
function paint(pixels, width, left, top, side, bytes, from, table) {
  for (let row = 0; row < side; row++) {
    let at = (top + side - 1 - row) * width + left;
    for (let i = from + row * side, end = i + side; i < end; i++) pixels[at++] = table[bytes[i]] ?? broken[(row + i) % 2];
  }
}

// unitsOffset returns where the units begin in a picture's bytes.
const unitsOffset = (picture) => (picture.outputs ? picture.side * picture.side : 0);

// drawUnits lays all units out in rows.
export function drawUnits(canvas, { picture, content }, selected) {
  const columns = perRow(picture.units), rows = Math.ceil(picture.units / columns);
  const pitch = picture.side + gap;
  const width = columns * pitch - gap, height = rows * pitch - gap;
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  canvas.style.imageRendering = picture.side > 16 ? "auto" : "pixelated";
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  for (let unit = 0; unit < picture.units; unit++) {
    const left = (unit % columns) * pitch, top = Math.floor(unit / columns) * pitch;
    paint(pixels, width, left, top, picture.side, content, unitsOffset(picture) + unit * picture.side * picture.side, colours().value);
  }
  context.putImageData(image, 0, 0);
  if (selected >= 0) {
    context.strokeStyle = dark.matches ? "#fff" : "#000";
    context.lineWidth = 2;
    context.strokeRect((selected % columns) * pitch + 1, Math.floor(selected / columns) * pitch + 1, picture.side - 2, picture.side - 2);
  }
}

// unitAt returns the unit at a place of the canvas, or -1.
export function unitAt(canvas, picture, event) {
  const box = canvas.getBoundingClientRect();
  const columns = perRow(picture.units), rows = Math.ceil(picture.units / columns);
  const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
  const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
  const unit = row * columns + column;
  return column >= 0 && column < columns && row >= 0 && unit < picture.units ? unit : -1;
}

const small = document.createElement("canvas");

// drawMap draws what the network makes of the plane, or a unit, with the points of the data.
export function drawMap(canvas, { picture, content }, plane, unit) {
  const size = 320;
  if (canvas.width !== size) { canvas.width = size; canvas.height = size; }
  const context = canvas.getContext("2d");
  small.width = picture.side;
  small.height = picture.side;
  const image = new ImageData(picture.side, picture.side), pixels = new Uint32Array(image.data.buffer);
  const square = picture.side * picture.side;
  if (unit >= 0) paint(pixels, picture.side, 0, 0, picture.side, content, unitsOffset(picture) + unit * square, colours().value);
  else if (picture.outputs) paint(pixels, picture.side, 0, 0, picture.side, content, 0, colours().probability);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = picture.side > 16;
  context.clearRect(0, 0, size, size);
  context.drawImage(small, 0, 0, size, size);
  if (plane) context.drawImage(pointsOf(plane, size), 0, 0);
}

// pointsOf draws the points of the data once, and keeps them.
function pointsOf(plane, size) {
  if (plane.drawn?.dark === dark.matches) return plane.drawn.canvas;
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d");
  context.strokeStyle = dark.matches ? "#161616" : "#fff";
  plane.points.forEach(([px, py], i) => {
    const x = ((px - plane.lo[0]) / (plane.hi[0] - plane.lo[0])) * size;
    const y = (1 - (py - plane.lo[1]) / (plane.hi[1] - plane.lo[1])) * size;
    context.beginPath();
    context.arc(x, y, 3, 0, 7);
    context.fillStyle = plane.labels[i] ? "#e69f00" : "#0072b2";
    context.fill();
    context.stroke();
  });
  plane.drawn = { canvas, dark: dark.matches };
  return canvas;
}
