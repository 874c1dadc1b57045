package torchfile

// The builders below are for tensors that are not plain views of a storage.

// rebuildSparse keeps the parts of a sparse tensor, so that its indices and values are listed as tensors below its name.
func rebuildSparse(m *machine, args []any) (any, error) {
	if len(args) != 2 {
		return nil, wrongArguments("_rebuild_sparse_tensor", args)
	}
	layout, ok := args[0].(*named)
	if !ok || layout.typ != "torch.layout" {
		return nil, wrongArguments("_rebuild_sparse_tensor", args)
	}
	data, _ := args[1].(*tuple)
	names, known := sparseParts[layout.text]
	if data == nil || !known || len(data.items) < 3 || len(data.items) > len(names) {
		return nil, wrongArguments("_rebuild_sparse_tensor", args)
	}
	p := &parts{about: named{layout.text, layout.text + " tensor"}}
	for i, item := range data.items {
		p.dict.pairs = append(p.dict.pairs, names[i], item)
	}
	return p, m.charge(costOfContainer + 4*costOfStep*len(names))
}

// sparseParts names what the tuple of a sparse tensor holds, by layout.
var sparseParts = map[string][]any{
	"torch.sparse_coo": {"indices", "values", "size", "is_coalesced"},
	"torch.sparse_csr": {"crow_indices", "col_indices", "values", "size"},
	"torch.sparse_csc": {"ccol_indices", "row_indices", "values", "size"},
	"torch.sparse_bsr": {"crow_indices", "col_indices", "values", "size"},
	"torch.sparse_bsc": {"ccol_indices", "row_indices", "values", "size"},
}

// rebuildMeta lists a tensor that has a size and no data.
func rebuildMeta(m *machine, args []any) (any, error) {
	if len(args) != 4 {
		return nil, wrongArguments("_rebuild_meta_tensor_no_storage", args)
	}
	about := "meta tensor, without data, of size " + text(args[1])
	return &parts{about: named{"torch.Tensor", about}}, m.charge(costOfContainer + mostText)
}

// rebuildWrapper lists a subclass that has no data of its own.
func rebuildWrapper(m *machine, args []any) (any, error) {
	if len(args) != 8 {
		return nil, wrongArguments("_rebuild_wrapper_subclass", args)
	}
	about := "wrapper subclass, without data, of size " + text(args[2])
	return &parts{about: named{"torch.Tensor", about}}, m.charge(costOfContainer + mostText)
}

// rebuildOnDevice takes a tensor that was on a device without storages: the data is a tensor in the file.
func rebuildOnDevice(m *machine, args []any) (any, error) {
	if len(args) != 4 {
		return nil, wrongArguments("_rebuild_device_tensor_from_cpu_tensor", args)
	}
	from, ok := args[0].(*tensor)
	dt, _ := args[1].(*global)
	requiresGrad, isBool := args[3].(bool)
	if !ok || dt == nil || !isBool || from.element != dt.element {
		return nil, wrongArguments("_rebuild_device_tensor_from_cpu_tensor", args)
	}
	t := *from
	t.requiresGrad = requiresGrad
	return &t, m.charge(costOfTensor)
}

// rebuildFromType takes the plain tensor that a subclass, or a tensor with Python attributes, was made of. The attributes are left out.
func rebuildFromType(m *machine, args []any) (any, error) {
	if len(args) != 4 {
		return nil, wrongArguments("_rebuild_from_type_v2", args)
	}
	g, ok := args[0].(*global)
	inner, isTuple := args[2].(*tuple)
	if !ok || g.build == nil || g.module != "torch._utils" || !isTuple {
		return nil, wrongArguments("_rebuild_from_type_v2", args)
	}
	return g.build(m, inner.items)
}
