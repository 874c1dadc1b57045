package tensorboard

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// decode reads the values of one message.
func decode(message []byte) (events []Event, err error) {
	_, err = decodeEvent(message, func(e Event) bool {
		events = append(events, e)
		return true
	})
	return events, err
}

// message is a field with a message in it.
func message(number int, content ...[]byte) []byte {
	return appendMessage(nil, number, func(dst []byte) []byte { return append(dst, bytes.Join(content, nil)...) })
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestFieldsMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	value := message(summaryValue, appendFloat(nil, valueSimpleValue, 2), appendString(nil, valueTag, "a"))
	events, err := decode(join(message(eventSummary, value), appendInt64(nil, eventStep, 7), appendDouble(nil, eventWallTime, 5)))
	require.NoError(t, err)
	assert.Equal(t, []Event{{5, 7, "a", Scalar(2)}}, events)
}

func TestSummaryMayHoldManyValues(t *testing.T) {
	t.Parallel()
	a := message(summaryValue, appendString(nil, valueTag, "a"), appendFloat(nil, valueSimpleValue, 1))
	b := message(summaryValue, appendString(nil, valueTag, "b"), appendFloat(nil, valueSimpleValue, 2))
	events, err := decode(join(message(eventSummary, a, message(2), b), message(eventSummary, a)))
	require.NoError(t, err)
	assert.Equal(t, []Event{{0, 0, "a", Scalar(1)}, {0, 0, "b", Scalar(2)}, {0, 0, "a", Scalar(1)}}, events)
}

func TestUnknownFieldsAndKindsArePassedOver(t *testing.T) {
	t.Parallel()
	unknown := join(
		appendInt64(nil, 1000, -5), appendDouble(nil, 1001, 1), appendFloat(nil, largestNumber, 1), appendString(nil, 1002, "x\xff"),
		appendString(nil, eventWallTime, "not a double"), appendDouble(nil, eventStep, 3), appendInt64(nil, eventSummary, 3),
	)
	value := message(summaryValue, appendString(nil, 9, "metadata"), appendString(nil, valueTag, "a"), appendString(nil, 8, "a tensor"))
	stop := message(eventSessionLog, appendInt64(nil, sessionLogStatus, 2))
	events, err := decode(join(unknown, message(eventSummary, value), stop))
	require.NoError(t, err)
	assert.Empty(t, events)
}

func TestDoublesMayBePackedOrNot(t *testing.T) {
	t.Parallel()
	want := &Histogram{Min: math.Copysign(0, -1), Num: 3, Limits: []float64{1, 2, 0}, Counts: []float64{0, 3, 0}}
	plain := func(number int, vs ...float64) (b []byte) {
		for _, v := range vs {
			b = binary.LittleEndian.AppendUint64(appendKey(b, number, fixed64), math.Float64bits(v))
		}
		return b
	}
	head := join(appendDouble(nil, histoMin, want.Min), appendDouble(nil, histoNum, 3))
	for name, b := range map[string][]byte{
		"packed":   join(head, appendDoubles(nil, histoBucketLimit, want.Limits), appendDoubles(nil, histoBucket, want.Counts)),
		"unpacked": join(plain(histoBucket, want.Counts...), head, plain(histoBucketLimit, want.Limits...)),
		"mixed": join(appendDoubles(nil, histoBucketLimit, want.Limits[:1]), plain(histoBucketLimit, want.Limits[1:]...), head,
			appendDoubles(nil, histoBucket, want.Counts)),
	} {
		got, err := decodeHistogram(b)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
		assert.True(t, math.Signbit(got.Min), name)
	}
}

func TestMalformedMessageIsAnError(t *testing.T) {
	t.Parallel()
	histogram := func(content ...[]byte) []byte {
		return message(eventSummary, message(summaryValue, message(valueHisto, content...)))
	}
	for want, b := range map[string][]byte{
		"key is no number":                     {0x80},
		"0 is no number of a field":            {0x00, 0x00},
		"536870912 is no number":               appendInt64(nil, largestNumber+1, 1),
		"value of field 2 is no number":        {0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"unknown wire type 3":                  {0x0b},
		"ends within a field":                  {0x09, 1, 2, 3, 4, 5, 6, 7},
		"session log: the message ends":        message(eventSessionLog, []byte{0x15, 1, 2, 3}),
		"summary: the message ends":            message(eventSummary, []byte{0x0a, 0x05, 1}),
		"tag is not UTF-8":                     message(eventSummary, message(summaryValue, appendString(nil, valueTag, "\xff"))),
		"histogram: no buckets":                histogram(),
		"1 limits of buckets, but 2 counts":    histogram(appendDoubles(nil, histoBucketLimit, []float64{1}), appendDoubles(nil, histoBucket, []float64{1, 2})),
		"field 7 has 3 bytes, no multiple":     histogram(appendString(nil, histoBucket, "abc")),
		"the value of field 5 is no number":    {0x28, 0xff},
		"histogram: the message ends within":   histogram([]byte{0x09}),
		"summary: histogram: a field's key is": histogram([]byte{0xff}),
	} {
		_, err := read(bytes.NewReader(record(b)))
		require.ErrorContains(t, err, want)
		var corrupt *CorruptError
		require.ErrorAs(t, err, &corrupt)
	}
	_, err := decode([]byte{0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}) // a length of 2^64-1
	require.ErrorIs(t, err, errCut)
}

// TestChecksumIsTensorBoards has the example of TensorBoard's own reader (tensorboard/data/server/tf_record.rs).
func TestChecksumIsTensorBoards(t *testing.T) {
	t.Parallel()
	assert.Equal(t, uint32(0x224b7fa3), checksum([]byte("\x18\x00\x00\x00\x00\x00\x00\x00")))
	assert.Equal(t, uint32(0xab364b12), checksum([]byte("\x09\x00\x00\x80\x38\x99\xd6\xd7\x41\x1a\x0dbrain.Event:2")))
}
