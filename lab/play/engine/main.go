//go:build js && wasm

// Engine is the program that 'heft lab play' runs in a browser's workers: Heft itself, compiled to WebAssembly. It gives
// JavaScript one function, heftCall(method, arguments, file), which returns an object: answer (JSON) and content (bytes),
// or error (a sentence). See package session for the methods.
package main

import (
	"syscall/js"

	"github.com/heft-ml/heft/lab/play/internal/session"
)

func main() {
	var host session.Host
	js.Global().Set("heftCall", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) < 2 {
			return map[string]any{"error": "heftCall needs a method and its arguments"}
		}
		var file []byte
		if len(args) > 2 && args[2].Truthy() {
			file = make([]byte, args[2].Get("length").Int())
			js.CopyBytesToGo(file, args[2])
		}
		answer, content, err := host.Call(args[0].String(), []byte(args[1].String()), file)
		if err != nil {
			return map[string]any{"error": err.Error()}
		}
		bytes := js.Global().Get("Uint8Array").New(len(content))
		js.CopyBytesToJS(bytes, content)
		return map[string]any{"answer": string(answer), "content": bytes}
	}))
	js.Global().Call("heftReady")
	select {} // functions above are called until the worker ends
}
