// Package figure draws data as SVG: numbers in, text out.
//
//	svg := figure.SVG(figure.Lines{...}, figure.Caption{Title: "The signal dies by layer 9"}, figure.Wide)
//
// A [Figure] is one of [Lines], [Histograms], [Strip], [Maps] and [Panels]. Pictures have real text, follow the reader's
// light or dark mode, need no script and no network, and say what they show to those who cannot see them. Colours are
// Okabe and Ito's, which stay apart for colour-blind eyes; names stand beside lines, not in a legend.
//
// The same data give the same bytes.
package figure
