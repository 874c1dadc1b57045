// Package tensorboard writes and reads the event files that TensorBoard shows: scalars and histograms by tag and step. It
// needs neither Python nor any library.
//
//	w, err := tensorboard.Create("runs/digits", tensorboard.ResumeAt(s.Step()))
//	w.Scalar("loss", step, loss)
//	w.Histogram("grad/fc1.weight", step, values)
//	err = w.Close()
//
// TensorBoard takes every folder for a run, below the one that it is given, and a tag's slashes for headings. A folder
// has one writer at a time; what belongs on one chart but comes from two writers goes into two folders.
//
// # The files
//
// A folder holds files events.out.tfevents.SECONDS.HOST, read in the order of their names. A file is a row of records, as
// TensorFlow's record_writer.cc has them, all numbers little-endian:
//
//	8 bytes   length n
//	4 bytes   masked CRC-32C of the length
//	n bytes   an Event (tensorflow/core/util/event.proto), a protocol buffer
//	4 bytes   masked CRC-32C of the event
//
// The first event names the version, "brain.Event:2". A writer that is killed, or a full disk, can leave a last record
// that is torn; [Read], [Load] and TensorBoard end there.
//
// # Resuming
//
// A training killed at step 120 that goes on from a checkpoint of step 100 does steps 100 to 119 again. So each file's
// second event is a [Start], a SessionLog, at the step the writer begins with: it retracts what earlier files say of that
// step and later ones. The first file has one too, at step 0, since TensorBoard heeds a Start only from the second on.
// (Its usual loader, written in Rust, retracts by tag instead, as soon as a tag comes again at an earlier or equal step.)
package tensorboard
