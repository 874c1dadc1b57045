package convert

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize"
)

// Split writes what in holds as many files, whose tensors take at most limit bytes each, under the names that
// [serialize.CreateShards] gives them: of a path model.safetensors, model-00001-of-00003.safetensors and so on, and their index.
//
// They are made in a hidden folder, read back as one model and compared with what was written. Then they take their names, the index
// last: wherever that is broken off, there is no index that names what is missing. A folder that has files of such names is an
// fs.ErrExist, since old files would stand beside new ones, and so is one with a file at path where an index is written: readers
// look for it first. Other errors are those of [File], which it is without a limit: where that is 0.
func Split(ctx context.Context, in Source, path string, limit int64, o Options) (*Result, error) {
	if limit == 0 {
		return File(ctx, in, path, o)
	}
	t, err := newTransfer(ctx, in, o)
	if err != nil {
		return nil, err
	}
	given := path
	if path, err = withoutParents(given); err != nil {
		return nil, failed(given, atomicfile.Create, err)
	}
	if err := noShards(path); err != nil {
		return nil, err
	}
	one := len(t.infos) <= 1 || t.total/2 <= limit
	if one || o.Format != serialize.GGUF { // a file that is called path, or an index beside which it would be a second model
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	place, err := enterWorkplace(path)
	if err != nil {
		return nil, err
	}
	defer place.leave()
	metadata, left := t.metadata()
	made, err := serialize.CreateShards(place.file(path), o.Format, limit, t.infos, metadata, t.content)
	if err != nil {
		return nil, cause(err, path)
	}
	if err := t.verify(made[len(made)-1]); err != nil {
		return nil, err
	}
	r := &Result{Tensors: len(t.infos), Recast: t.recast, Became: t.became, Left: left, Idle: t.idle}
	for _, file := range made {
		info, err := os.Stat(file)
		if err != nil {
			return nil, failed(path, atomicfile.Inspect, err)
		}
		r.Bytes += info.Size()
		r.Files = append(r.Files, filepath.Join(filepath.Dir(path), filepath.Base(file)))
	}
	if o.Close != nil {
		if err := o.Close.Close(); err != nil {
			return nil, err
		}
	}
	return r, place.deliverAll(r.Files)
}

// deliverAll gives files their names in order, or none of them.
func (w *workplace) deliverAll(paths []string) error {
	for _, path := range paths {
		if err := vacant(path); err != nil {
			return err
		}
	}
	for i, path := range paths {
		if i == len(paths)-1 {
			syncFolder(filepath.Dir(path)) // so that not even a power cut leaves the last name without the others
		}
		if err := w.deliver(path); err != nil {
			for _, delivered := range paths[:i] {
				_ = os.Remove(delivered) // the reason is being reported
			}
			return err
		}
	}
	return nil
}

// syncFolder brings the names in a folder to the disk, where the system can.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // Windows and some network disks cannot
		_ = d.Close()
	}
}

// noShards refuses a folder that has files of the names that Split gives.
func noShards(path string) error {
	ending := filepath.Ext(path)
	base := filepath.Base(path)
	shard := regexp.MustCompile("^" + regexp.QuoteMeta(base[:len(base)-len(ending)]) + `-\d{5,}-of-\d{5,}` + regexp.QuoteMeta(ending) + "$")
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return failed(path, atomicfile.Create, err)
	}
	for _, e := range entries {
		if shard.MatchString(e.Name()) || e.Name() == base+serialize.IndexEnding {
			return taken(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return nil
}

// noIndex refuses a new file beside the index of many under its name: readers would take it for that model.
func noIndex(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil // both are there already
	}
	return vacant(path + serialize.IndexEnding)
}

// vacant refuses a path where something is.
func vacant(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return taken(path)
	case !errors.Is(err, fs.ErrNotExist):
		return failed(path, atomicfile.Inspect, err)
	}
	return nil
}

// taken says that a file of a model in many files is there.
func taken(path string) error {
	return occupied("%q is there already, and files of two models would mix: name another folder, or remove that model", path)
}
