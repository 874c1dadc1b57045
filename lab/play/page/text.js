// Numbers and small pieces of text and SVG.

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// power writes 10 with an exponent.
export function power(n) {
  return "10" + (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((d) => superscripts[d]).join("");
}

// number writes three significant digits.
export function number(value) {
  const x = Number(value);
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size < 1e-3 || size >= 1e4) {
    const [digits, exponent] = size.toExponential(1).split("e");
    return `${x < 0 ? "−" : ""}${digits}·${power(Number(exponent))}`;
  }
  const text = size >= 100 ? String(Math.round(size)) : size.toPrecision(3);
  return (x < 0 ? "−" : "") + text;
}

const space = "http://www.w3.org/2000/svg";

// svg makes an element with attributes and children, which may be text.
export function svg(name, attributes, ...children) {
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// picture makes an SVG of a size in pixels that says its sentence.
export function picture(width, height, sentence, ...children) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": sentence }, svg("title", {}, sentence), ...children);
}

// path joins points; one that is null begins a new line.
export function path(points) {
  let text = "", pen = "M";
  for (const p of points) {
    if (!p) { pen = "M"; continue; }
    text += `${pen}${p[0].toFixed(1)} ${p[1].toFixed(1)}`;
    pen = "L";
  }
  return text;
}

// fill gives a select its options, the value among them whatever it is.
export function fill(select, options, value) {
  const known = options.map((o) => (typeof o === "string" ? { name: o, about: "" } : o));
  if (value !== undefined && !known.some((o) => o.name === value)) known.unshift({ name: value, about: "" });
  select.replaceChildren(...known.map(({ name, about, label }) => {
    const option = new Option(label ?? name, name);
    if (about) option.title = about;
    return option;
  }));
  if (value !== undefined) select.value = value;
}
