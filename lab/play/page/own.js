// Own data: a table that is pasted, opened or dropped.

const $ = (id) => document.getElementById(id);
const sample = 60; // points that stand in the field as an example

// Own shows the field while own data are chosen. use gets a new table, failed an error; most is how many bytes a file may have.
export class Own {
  constructor(most, { use, failed }) {
    Object.assign(this, { most, use, failed });
    $("own-use").onclick = () => use($("own-text").value);
    $("own-file").onchange = (e) => { const [file] = e.target.files; e.target.value = ""; this.take(file); };
    $("own-save").onclick = () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([$("own-text").value], { type: "text/csv" }));
      link.download = "own.csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
  }

  // take reads a file, unless it is too long to be a table for this page.
  async take(file) {
    if (!file) return;
    if (file.size > this.most) {
      this.failed(`${file.name} has ${file.size} bytes, but a table must have at most ${this.most}`);
      return;
    }
    $("own-text").value = await file.text();
    this.use($("own-text").value);
  }

  // show opens the field for own data, or closes it; note says what the link lacks.
  show(open, text, note) {
    $("own").hidden = !open;
    if (open && text !== this.shown) $("own-text").value = this.shown = text; // what is being typed stays
    $("own-note").textContent = note;
  }
}

// example writes points of a plane as a table.
export function example(plane) {
  if (!plane) return "x,y,class\n-1,0,a\n1,0,b\n";
  const rows = plane.points.slice(0, sample).map(([x, y], i) => `${x.toFixed(2)},${y.toFixed(2)},${plane.labels[i] ? "b" : "a"}`);
  return ["x,y,class", ...rows, ""].join("\n");
}
