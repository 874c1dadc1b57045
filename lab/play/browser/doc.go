// Package browser tests the page of 'heft lab play' in Chromium. It is a module of its own, so that nobody who uses Heft
// fetches what drives a browser:
//
//	go -C lab/play/browser test ./...
//	go -C lab/play/browser test . -run Pictures -pictures /tmp/pictures     writes what the page looks like
//
// Without Chromium its tests skip and say so.
package browser
