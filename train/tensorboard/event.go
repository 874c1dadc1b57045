package tensorboard

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Event is one thing that a writer noted.
type Event struct {
	WallTime float64 // seconds since 1970-01-01 UTC
	Step     int64   // of the training
	Tag      string  // the name of the chart; empty for Version and Start. Whoever wrote the file chose it: print it with %q
	Value    Value
}

// Value is what an [Event] says: a [Scalar], a [*Histogram], a [Version] or a [Start].
type Value interface {
	value() // these four and no others
}

// Scalar is one number.
type Scalar float32

// Version names the format; it is what a file begins with.
type Version string

// Start says that a writer began at the event's step: what earlier files say of that step and later ones is retracted.
type Start struct{}

func (Scalar) value()     {}
func (*Histogram) value() {}
func (Version) value()    {}
func (Start) value()      {}

// currentVersion is the only one that TensorBoard's readers take Starts from.
const currentVersion Version = "brain.Event:2"

// Numbers of the fields, from event.proto, summary.proto and histogram.proto of TensorFlow.
const (
	eventWallTime    = 1 // double
	eventStep        = 2 // int64
	eventFileVersion = 3 // string
	eventSummary     = 5 // Summary
	eventSessionLog  = 7 // SessionLog

	sessionLogStatus = 1 // enum
	statusStart      = 1

	summaryValue = 1 // repeated Value

	valueTag         = 1 // string
	valueSimpleValue = 2 // float
	valueHisto       = 5 // HistogramProto
)

// appendEvent writes the message of an event.
func appendEvent(dst []byte, e Event) []byte {
	dst = appendDouble(dst, eventWallTime, e.WallTime)
	dst = appendInt64(dst, eventStep, e.Step)
	switch v := e.Value.(type) {
	case Version:
		return appendString(dst, eventFileVersion, string(v))
	case Start:
		return appendMessage(dst, eventSessionLog, func(dst []byte) []byte {
			return appendInt64(dst, sessionLogStatus, statusStart)
		})
	default:
		return appendMessage(dst, eventSummary, func(dst []byte) []byte {
			return appendMessage(dst, summaryValue, func(dst []byte) []byte { return appendValue(dst, e) })
		})
	}
}

func appendValue(dst []byte, e Event) []byte {
	dst = appendString(dst, valueTag, e.Tag)
	switch v := e.Value.(type) {
	case Scalar:
		return appendFloat(dst, valueSimpleValue, float32(v))
	case *Histogram:
		return appendMessage(dst, valueHisto, v.append)
	}
	return dst
}

// decodeEvent calls yield for everything in an event's message that a [Value] can be, until yield returns false. A
// summary may hold several values.
func decodeEvent(message []byte, yield func(Event) bool) (more bool, err error) {
	var e Event
	for f, err := range fields(message) {
		switch {
		case err != nil:
			return false, err
		case f.is(eventWallTime, fixed64):
			e.WallTime = f.double()
		case f.is(eventStep, varint):
			e.Step = int64(f.bits)
		}
	}
	for f := range fields(message) { // again, since the time and the step may come last
		more, err := true, error(nil)
		switch {
		case f.is(eventFileVersion, sized):
			e.Value = Version(f.bytes)
			more = yield(e)
		case f.is(eventSessionLog, sized):
			more, err = decodeSessionLog(f.bytes, e, yield)
		case f.is(eventSummary, sized):
			more, err = decodeSummary(f.bytes, e, yield)
		}
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

func decodeSessionLog(message []byte, e Event, yield func(Event) bool) (more bool, err error) {
	status := uint64(0)
	for f, err := range fields(message) {
		if err != nil {
			return false, fmt.Errorf("session log: %w", err)
		}
		if f.is(sessionLogStatus, varint) {
			status = f.bits
		}
	}
	if status != statusStart {
		return true, nil
	}
	e.Value = Start{}
	return yield(e), nil
}

func decodeSummary(message []byte, e Event, yield func(Event) bool) (more bool, err error) {
	for f, err := range fields(message) {
		e.Value = nil
		if err == nil && f.is(summaryValue, sized) {
			e.Tag, e.Value, err = decodeValue(f.bytes)
		}
		if err != nil {
			return false, fmt.Errorf("summary: %w", err)
		}
		if e.Value != nil && !yield(e) {
			return false, nil
		}
	}
	return true, nil
}

var errNotText = errors.New("a tag is not UTF-8")

// decodeValue returns a nil value when it is of a kind that this package does not know.
func decodeValue(message []byte) (tag string, v Value, err error) {
	for f, err := range fields(message) {
		switch {
		case err != nil:
			return "", nil, err
		case f.is(valueTag, sized):
			if !utf8.Valid(f.bytes) {
				return "", nil, errNotText
			}
			tag = string(f.bytes)
		case f.is(valueSimpleValue, fixed32):
			v = Scalar(f.float())
		case f.is(valueHisto, sized):
			if v, err = decodeHistogram(f.bytes); err != nil {
				return "", nil, fmt.Errorf("histogram: %w", err)
			}
		}
	}
	return tag, v, nil
}
