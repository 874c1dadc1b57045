// The engine as seen from the page: fetched and compiled once, running in a worker for each column.

// fetchModule loads the compressed engine and tells how many bytes have come. A server that unpacks .gz files by itself is
// understood too.
export async function fetchModule(tell) {
  const response = await fetch("engine.wasm.gz");
  if (!response.ok) throw new Error(`engine.wasm.gz: the server says ${response.status} ${response.statusText}`);
  const total = Number(response.headers.get("Content-Length"));
  const chunks = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
    tell(size, total);
  }
  let stream = new Blob(chunks).stream();
  const packed = chunks.length > 0 && chunks[0][0] === 0x1f;
  if (packed) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const wasm = new Response(stream, { headers: { "Content-Type": "application/wasm" } });
  try {
    return { module: await WebAssembly.compileStreaming(wasm), size };
  } catch (e) {
    throw new Error(`engine.wasm.gz did not come whole: load this page again, or build it anew (${e.message})`);
  }
}

// Engine is one experiment in a worker. Calls are answered in order.
export class Engine {
  constructor(module) {
    this.waiting = new Map();
    this.next = 1;
    this.worker = new Worker("worker.js", { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (e) => this.receive({ ended: e.message || "the worker did not start" });
    this.worker.postMessage({ module });
  }

  receive({ id, answer, content, error, ended }) {
    if (ended) {
      this.ended = new Error(ended);
      for (const { reject } of this.waiting.values()) reject(this.ended);
      this.waiting.clear();
      return;
    }
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve({ answer: JSON.parse(answer), content });
  }

  call(method, request, file) {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, request, file }, file ? [file.buffer] : []);
    });
  }

  async ask(method, request) { return (await this.call(method, request)).answer; }
}
