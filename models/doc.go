// Package models holds small reference networks, built from the layers of package nn alone.
//
// # Letters of shapes
//
//	n              samples of a batch
//	c              channels of an image; the width of a transformer
//	t              positions of a text
//	v              tokens of a vocabulary
//	height, width  pixels
//	...            any number of further axes
package models
