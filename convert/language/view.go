package language

import (
	"bytes"
	"fmt"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

// view shows the tensors of a source under other names and in another order. Blocks are shown as numbers.
type view struct {
	convert.Source
	names    []string
	tensors  map[string]viewed
	metadata serialize.Metadata
}

// viewed is a tensor of the source, and how it is shown.
type viewed struct {
	old  string
	turn turn
}

func (v *view) add(name string, t viewed) {
	v.names = append(v.names, name)
	v.tensors[name] = t
}

// Tensors describes the tensors, all of which are numbers.
func (v *view) Tensors() []dtype.Info {
	infos := make([]dtype.Info, len(v.names))
	for i, name := range v.names {
		s, err := v.Decoded(name)
		if err != nil { // found looks at each
			panic(fmt.Errorf("language: %w", err))
		}
		infos[i] = s.Info
	}
	return infos
}

// Metadata returns what goes with the tensors.
func (v *view) Metadata() serialize.Metadata { return v.metadata }

// Stored is Decoded: what has been turned has no blocks.
func (v *view) Stored(name string) (dtype.Stored, error) { return v.Decoded(name) }

// Decoded returns a tensor in its new order.
func (v *view) Decoded(name string) (dtype.Stored, error) {
	t, ok := v.tensors[name]
	if !ok {
		return dtype.Stored{}, fmt.Errorf("the model has no tensor %.100q", name)
	}
	s, err := v.Source.Decoded(t.old)
	if err != nil {
		return dtype.Stored{}, err
	}
	if !s.DType.Arithmetic() {
		return dtype.Stored{}, fmt.Errorf("tensor %.100q has elements of format %v, which are no weights: convert it to F32, F16 or BF16 first", t.old, s.DType)
	}
	s = t.turn.of(s)
	s.Name = name
	return s, nil
}

// headName is the head, which files of transformers may have twice.
const headName = "lm_head.weight"

// sameAsEmbedding returns an error unless the head in a file is what the configuration says: the embedding.
func sameAsEmbedding(in convert.Source, v *view, name string) error {
	embedding, err := v.Decoded(name)
	if err != nil {
		return err
	}
	head, err := in.Decoded(headName)
	if err != nil {
		return err
	}
	differs := fmt.Errorf("tie_word_embeddings is true, but %s is not the embedding: set it to false in config.json, or take the tensor out", headName)
	if head.DType != embedding.DType || head.Bytes != embedding.Bytes {
		return differs
	}
	for from := int64(0); from < head.Bytes; from += stripBytes {
		to := min(from+stripBytes, head.Bytes)
		err := head.View(from, to, func(a []byte) error {
			return embedding.View(from, to, func(b []byte) error {
				if !bytes.Equal(a, b) {
					return differs
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
