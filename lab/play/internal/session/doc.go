// Package session is what 'heft lab play' computes: one experiment that a page opens, looks at and trains.
//
// It knows nothing of browsers. Package engine puts [Host.Call] into a worker; tests call it as the worker does, on any
// platform. The page speaks to it in JSON, with weights and pictures beside it as bytes.
//
//	catalogue   what there is to choose from
//	command     what to type in a terminal for the same comparison
//	open        a network, its data and its training, from a setup; own data come as a table
//	view        its signal, its gradient and its losses as it is
//	train       some steps
//	picture     what it makes of the plane, or what its units look for
//	save, load  its weights as safetensors
package session
