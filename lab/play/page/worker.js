// A worker with an engine of its own. Its first message brings the compiled module; all others are requests, which it answers
// in order.
import "./wasm_exec.js";

const ready = new Promise((resolve) => { globalThis.heftReady = resolve; });

async function start(module) {
  const go = new Go();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  go.run(instance).then(() => postMessage({ ended: "the engine has ended" }), (e) => postMessage({ ended: String(e) }));
}

onmessage = async ({ data }) => {
  if (data.module) {
    start(data.module).catch((e) => postMessage({ ended: String(e) }));
    return;
  }
  await ready;
  const { id, method, request, file } = data;
  try {
    const { error, answer, content } = heftCall(method, JSON.stringify(request ?? {}), file);
    if (error) {
      postMessage({ id, error });
    } else {
      postMessage({ id, answer, content }, [content.buffer]);
    }
  } catch (e) { // the program has ended: nothing can be asked of it any more
    postMessage({ id, error: `the engine failed: ${e}` });
  }
};
