package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// room says what the production code of a package may import of Heft. Both sides are patterns of [path.Match] over
// folders; the tests of a package may import what they like.
type room struct{ folder, imports string }

// public is what a user of the module can import, and so all that an example may.
const public = "autograd autograd/gradcheck convert convert/* data dtype init inspect lab lab/* models models/* nn optim quant/* serialize serialize/* tokenizer train train/*"

// rooms has a row for every package. Arrows point down only, and the formats know nothing of the engine.
var rooms = []room{
	{"cmd/heft", ". convert convert/* data dtype init inspect lab lab/* models models/export nn optim quant/ggml serialize serialize/* tokenizer train train/tune internal/bar internal/isa internal/shell internal/suggest internal/table"},
	{"examples/*", public},
	{"examples/*/*", public},
	{"benchmarks", public + " internal/*"},
	{"train", ". autograd data dtype init lab/figure models nn optim serialize/* tokenizer internal/atomicfile internal/bar internal/simd internal/suggest internal/table train/tensorboard"},
	{"train/tensorboard", ""},
	{"train/tune", "data dtype train internal/atomicfile internal/bar internal/table"},
	{"lab", "autograd data dtype init nn optim internal/shell internal/suggest"},
	{"lab/figure", ""},
	{"lab/sweep", "data lab train/tune internal/atomicfile internal/shell"},
	{"lab/same", ". autograd data dtype init lab lab/figure nn serialize serialize/safetensors internal/shell"},
	{"lab/report", ". autograd data dtype init lab lab/figure lab/same lab/sweep internal/atomicfile internal/table"},
	{"lab/paper", "autograd data init lab lab/figure models nn optim internal/atomicfile internal/suggest internal/table"},
	{"lab/play", "internal/atomicfile"},
	{"lab/play/engine", "lab/play/internal/session"},
	{"lab/play/internal/session", "autograd data dtype init lab nn optim serialize/safetensors"},
	{"models", "autograd init nn"},
	{"models/export", "dtype models nn serialize/onnx"},
	{"optim", "autograd dtype init nn internal/blas internal/pages internal/simd internal/suggest"},
	{"nn", "autograd dtype init internal/pages internal/simd internal/suggest"},
	{"data", "autograd internal/atomicfile internal/suggest tokenizer"},
	{"tokenizer", ""},
	{"autograd/gradcheck", "autograd"},
	{"autograd", "internal/blas internal/isa internal/pages internal/parallel internal/simd"},
	{"init", "internal/blas internal/simd internal/suggest"},
	{"convert", "dtype internal/atomicfile quant/ggml serialize serialize/gguf"},
	{"convert/language", "convert dtype internal/atomicfile models nn quant/ggml serialize serialize/gguf tokenizer train"},
	{"inspect", "dtype init internal/suggest internal/table serialize serialize/*"},
	{"quant/ggml", "dtype internal/parallel"},
	{"serialize", "dtype internal/atomicfile internal/mapped serialize/* serialize/internal/writing"},
	{"serialize/fault", ""},
	{"serialize/internal/reading", "dtype internal/mapped serialize/fault"},
	{"serialize/internal/writing", "dtype"},
	{"serialize/gguf", "dtype internal/atomicfile internal/mapped quant/ggml serialize/fault serialize/internal/*"},
	{"serialize/*", "dtype internal/atomicfile internal/mapped serialize/fault serialize/internal/*"},
	{"dtype", "internal/parallel internal/simd internal/suggest"},
	{"internal/blas", "internal/isa internal/pages internal/parallel"},
	{"internal/simd", "internal/isa internal/parallel"},
	{"internal/isa", ""},
	{"internal/shell", ""},
	{"internal/vector", ""},
	{"internal/simd/kernels", "internal/vector"},
	{"internal/simd/gen", "internal/simd/kernels internal/vector"},
	{"internal/blas/gen", ""},
	{"internal/pages", ""},
	{"internal/parallel", ""},
	{"internal/atomicfile", ""},
	{"internal/mapped", ""},
	{"internal/golden", ""},
	{"internal/interop", "internal/testmode internal/venv"},
	{"internal/venv", ""},
	{"internal/suggest", ""},
	{"internal/table", ""},
	{"internal/bar", ""},
	{"internal/cost", "internal/testmode"},
	{"internal/testmode", ""},
	{"acceptance", ""},
	{"internal/archtest", ""},
	{".", ""},
}

func match(pattern, folder string) bool {
	ok, err := path.Match(pattern, folder)
	return ok && err == nil
}

func anyMatches(patterns, folder string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(p string) bool { return match(p, folder) })
}

func roomOf(folder string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return match(r.folder, folder) })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

func TestArrowsPointDownOnly(t *testing.T) {
	t.Parallel()
	for _, s := range load(t).sources {
		r, ok := roomOf(s.folder())
		if !ok {
			t.Errorf("%s: package %s has no row in rooms: say there what it may import", s.path, s.folder())
		}
		for _, p := range s.imports() {
			if folder, own := heft(p); own && ok && !s.isTest() && !anyMatches(r.imports, folder) {
				t.Errorf("%s imports %s: rooms allows %s only %q", s.path, folder, r.folder, r.imports)
			}
		}
	}
}

func TestEveryRoomHasItsPackage(t *testing.T) {
	t.Parallel()
	folders := load(t).folders()
	for _, r := range rooms {
		if !slices.ContainsFunc(folders, func(f string) bool { return match(r.folder, f) }) {
			t.Errorf("no package is in room %s: take out its row", r.folder)
		}
	}
}

// library says which packages may import a package that is not Heft's, or what is below it.
type library struct {
	path, importers string
	tests           bool // bound as well
}

var libraries = []library{
	{"C", "", true},
	{"unsafe", "autograd dtype internal/simd internal/blas internal/mapped internal/pages internal/parallel", true},
	{"gonum.org/v1/gonum/blas", "internal/blas benchmarks", true},
	{"gonum.org/v1/gonum/lapack", "internal/blas", true},
	{"gonum.org/v1/gonum/mat", "data lab lab/paper", false},
	{"gonum.org/v1/gonum/integrate/quad", "lab", false},
	{"gonum.org/v1/gonum/stat", "lab lab/paper", false},
	{"gonum.org/v1/plot", "train", false},
	{"golang.org/x/sys/cpu", "internal/isa", false},
	{"golang.org/x/term", "cmd/heft", false},
	{"github.com/x448/float16", "dtype internal/vector quant/ggml", false},
	{"github.com/spf13", "cmd/heft", false},
	{"github.com/schollz/progressbar/v3", "internal/bar", false},
	{"github.com/dustin/go-humanize", "cmd/heft inspect nn", false},
	{"github.com/rivo/uniseg", "inspect internal/bar internal/table", false},
	{"github.com/gofrs/flock", "convert train train/tune", false},
	{"go.yaml.in/yaml/v3", "convert", false},
	{"github.com/edsrzf/mmap-go", "internal/mapped", false},
	{"google.golang.org/protobuf/encoding/protowire", "serialize/onnx", false},
}

func libraryOf(imported string) (library, bool) {
	i := slices.IndexFunc(libraries, func(l library) bool {
		return imported == l.path || strings.HasPrefix(imported, l.path+"/")
	})
	if i < 0 {
		return library{}, false
	}
	return libraries[i], true
}

// standard tells an import of the standard library: its first element is no host name.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

func TestLibrariesAreImportedWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, s := range load(t).sources {
		for _, p := range s.imports() {
			l, known := libraryOf(p)
			_, own := heft(p)
			switch {
			case own, s.isTest() && !l.tests:
			case known && !anyMatches(l.importers, s.folder()):
				t.Errorf("%s imports %s, which is for %q only", s.path, p, l.importers)
			case !known && !standard(p):
				t.Errorf("%s imports %s: a new library needs a reason, and its row in libraries", s.path, p)
			}
		}
	}
}
