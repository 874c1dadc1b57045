package torchfile

import (
	"sync"
	"sync/atomic"

	"github.com/heft-ml/heft/dtype"
)

// Stored returns a tensor whose bytes, as [File.View] shows them, are looked at a part at a time. One that is not in the file as it is shown is made in
// memory when it is first looked at. When as many bytes have been looked at as it has, the checksum is compared: to look at all parts compares it, to look
// at a few does not. It serves until the File is closed. Errors are those of [File.View].
func (f *File) Stored(name string) (dtype.Stored, error) {
	t, err := f.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	s := dtype.Stored{Info: t.info()}
	if err := f.affordable(t); err != nil {
		err = inFile("read", f.source.Name(), err)
		s.View = func(int64, int64, func(data []byte) error) error { return err }
		return s, nil
	}
	if !f.inPlace(t.tensor) {
		gathered := sync.OnceValues(func() ([]byte, error) { return f.gather(t) })
		s.View = func(from, to int64, see func(data []byte) error) error {
			data, err := gathered()
			if err != nil {
				return inFile("read", f.source.Name(), err)
			}
			return see(data[from:to:to])
		}
		return s, nil
	}
	var looked atomic.Int64
	s.View = func(from, to int64, see func(data []byte) error) error {
		if looked.Add(to-from) >= s.Bytes {
			if err := t.storage.record.check(f.source); err != nil {
				return inFile("read", f.source.Name(), aboutTensor(name, err))
			}
		}
		return f.source.Show(t.first()+from, to-from, see, func(err error) error { return inFile("read", f.source.Name(), err) })
	}
	return s, nil
}
