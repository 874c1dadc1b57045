// Package play is the laboratory as a page: two starts of one network side by side, seen before training and while it goes
// on, with the engine itself, compiled to WebAssembly, in the browser's workers.
//
//	engine, err := play.Build(ctx, say)          // with the Go of this machine: no binary is in Heft's tree
//	site, err := play.NewSite(engine)
//	err = site.Serve(ctx, 0, ready)             // on loopback alone
//	err = site.Save("public")                   // or as files that any web server can hand out
//
// The page (folder page) is plain HTML, CSS and JavaScript modules. What it computes is package session, the worker's
// program is lab/play/engine.
package play
