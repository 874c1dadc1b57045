package torchfile

import (
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// global is a Python name that a pickle may mention. It is a row of a table here, never looked up in anything that runs.
type global struct {
	module, name string
	build        builder  // what REDUCE makes of it, nil for what cannot be called
	element      *element // of a storage class or a torch.dtype
	role         role
}

func (g *global) String() string { return g.module + "." + g.name }

// builder makes a value of REDUCE's arguments.
type builder func(m *machine, args []any) (any, error)

// role is what else than REDUCE may be done with a global.
type role uint8

const (
	function     role = iota
	storageClass      // stands in the persistent id of a storage
	tensorClass       // NEWOBJ makes a tensor that BUILD fills, as PyTorch 0.3 wrote them
	dictClass         // NEWOBJ makes an empty dict
	constant          // is a value itself
)

// element is what the numbers of a tensor are.
type element struct {
	name  string      // as torch spells it: float32
	dtype dtype.DType // 0: none of Heft's
	size  int         // bytes of one
	unit  int         // bytes that are turned around between little and big endian; a complex number has two units
	float bool        // the units are floating-point, so that their sign can be flipped
}

// elements are the formats of torch.storage._dtype_to_storage_type_map and _new_dtypes. Formats without a dtype are listed and copied as they are.
var elements = []element{
	{"float64", dtype.F64, 8, 8, true},
	{"float32", dtype.F32, 4, 4, true},
	{"float16", dtype.F16, 2, 2, true},
	{"bfloat16", dtype.BF16, 2, 2, true},
	{"int64", dtype.I64, 8, 8, false},
	{"int32", dtype.I32, 4, 4, false},
	{"int16", dtype.I16, 2, 2, false},
	{"int8", dtype.I8, 1, 1, false},
	{"uint8", dtype.U8, 1, 1, false},
	{"uint16", dtype.U16, 2, 2, false},
	{"uint32", dtype.U32, 4, 4, false},
	{"uint64", dtype.U64, 8, 8, false},
	{"bool", dtype.Bool, 1, 1, false},
	{"complex64", dtype.C64, 8, 4, true},
	{"float8_e4m3fn", dtype.F8E4M3, 1, 1, true},
	{"float8_e5m2", dtype.F8E5M2, 1, 1, true},
	{"float8_e4m3fnuz", dtype.F8E4M3FNUZ, 1, 1, true},
	{"float8_e5m2fnuz", dtype.F8E5M2FNUZ, 1, 1, true},
	{"float8_e8m0fnu", dtype.F8E8M0, 1, 1, false},
	{"complex128", 0, 16, 8, true},
	{"complex32", 0, 4, 2, true},
	{"bcomplex32", 0, 4, 2, true},
	{"float4_e2m1fn_x2", 0, 1, 1, false},
	{"quint8", 0, 1, 1, false},
	{"qint8", 0, 1, 1, false},
	{"qint32", 0, 4, 4, false},
	{"quint4x2", 0, 1, 1, false},
	{"quint2x4", 0, 1, 1, false},
	{"bits1x8", 0, 1, 1, false},
	{"bits2x4", 0, 1, 1, false},
	{"bits4x2", 0, 1, 1, false},
	{"bits8", 0, 1, 1, false},
	{"bits16", 0, 2, 2, false},
}

// storageClasses gives each class the element of its storages (torch.storage._dtype_to_storage_type_map).
var storageClasses = map[string]string{
	"Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64", "Int": "int32", "Short": "int16",
	"Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexDouble": "complex128", "ComplexFloat": "complex64", "QInt8": "qint8", "QInt32": "qint32",
	"QUInt8": "quint8", "QUInt4x2": "quint4x2", "QUInt2x4": "quint2x4", "Untyped": "uint8",
}

// dtypeAliases are other names of formats that a pickle can mention.
var dtypeAliases = map[string]string{
	"double": "float64", "float": "float32", "half": "float16", "long": "int64", "int": "int32", "short": "int16", "cfloat": "complex64", "cdouble": "complex128",
}

const tensorClasses = "Double Float Half BFloat16 Long Int Short Char Byte Bool"

// allowed has every global that may be mentioned, under its module and name: what torch.load(weights_only=True) allows
// (_get_allowed_globals in torch/_weights_only_unpickler.py).
var allowed = func() map[[2]string]*global {
	table := map[[2]string]*global{}
	add := func(g global) { table[[2]string{g.module, g.name}] = &g }
	for _, g := range []global{
		{module: "collections", name: "OrderedDict", build: buildDict("OrderedDict"), role: dictClass},
		{module: "collections", name: "Counter", build: buildDict("Counter"), role: dictClass},
		{module: "builtins", name: "set", build: buildSet},
		{module: "builtins", name: "bytearray", build: buildByteArray},
		{module: "builtins", name: "complex", build: buildComplex},
		{module: "_codecs", name: "encode", build: buildBytes},
		{module: "torch", name: "Size", build: buildSize},
		{module: "torch", name: "device", build: buildDevice},
		{module: "torch.serialization", name: "_get_layout", build: buildLayout},
		{module: "torch", name: "Tensor", role: tensorClass},
		{module: "torch.nn.parameter", name: "Parameter", role: tensorClass},
		{module: "torch._utils", name: "_rebuild_tensor", build: rebuildTensor},
		{module: "torch._utils", name: "_rebuild_tensor_v2", build: rebuildTensorV2},
		{module: "torch._utils", name: "_rebuild_tensor_v3", build: rebuildTensorV3},
		{module: "torch._utils", name: "_rebuild_qtensor", build: rebuildQTensor},
		{module: "torch._utils", name: "_rebuild_parameter", build: rebuildParameter},
		{module: "torch._utils", name: "_rebuild_parameter_with_state", build: rebuildParameter},
		{module: "torch._utils", name: "_rebuild_sparse_tensor", build: rebuildSparse},
		{module: "torch._utils", name: "_rebuild_meta_tensor_no_storage", build: rebuildMeta},
		{module: "torch._utils", name: "_rebuild_wrapper_subclass", build: rebuildWrapper},
		{module: "torch._utils", name: "_rebuild_device_tensor_from_numpy", build: rebuildOnDevice},
		{module: "torch._utils", name: "_rebuild_device_tensor_from_cpu_tensor", build: rebuildOnDevice},
		{module: "torch._tensor", name: "_rebuild_from_type_v2", build: rebuildFromType},
		{module: "torch.storage", name: "UntypedStorage", role: storageClass, element: elementOf("uint8")},
		{module: "torch.storage", name: "TypedStorage"},
	} {
		add(g)
	}
	for class, name := range storageClasses {
		for _, module := range []string{"torch", "torch.cuda"} {
			add(global{module: module, name: class + "Storage", role: storageClass, element: elementOf(name)})
		}
	}
	for i := range elements {
		add(global{module: "torch", name: elements[i].name, role: constant, element: &elements[i]})
	}
	for alias, name := range dtypeAliases {
		add(global{module: "torch", name: alias, role: constant, element: elementOf(name)})
	}
	for _, scheme := range strings.Fields("per_tensor_affine per_tensor_symmetric per_channel_affine per_channel_symmetric per_channel_affine_float_qparams") {
		add(global{module: "torch", name: scheme, role: constant})
	}
	for _, name := range strings.Fields("uint1 uint2 uint3 uint4 uint5 uint6 uint7 int1 int2 int3 int4 int5 int6 int7") {
		add(global{module: "torch", name: name, role: constant})
	}
	for class := range strings.FieldsSeq(tensorClasses) {
		for _, module := range []string{"torch", "torch.cuda", "torch.sparse", "torch.cuda.sparse"} {
			add(global{module: module, name: class + "Tensor", role: tensorClass})
		}
	}
	return table
}()

func elementOf(name string) *element {
	for i := range elements {
		if elements[i].name == name {
			return &elements[i]
		}
	}
	panic("torchfile: no element is called " + name)
}

// renamed are modules that Python 2 called otherwise (IMPORT_MAPPING of torch/_utils.py), as far as anything depends on it.
var renamed = map[string]string{"__builtin__": "builtins", "copy_reg": "copyreg", "cPickle": "_pickle", "commands": "subprocess", "httplib": "http.client"}

// longestName is longer than any name that is allowed, so that nothing longer is looked at.
const longestName = 100

// lookUp finds an allowed global.
func lookUp(module, name string) (*global, bool) {
	if len(module) > longestName || len(name) > longestName {
		return nil, false
	}
	if now, ok := renamed[module]; ok {
		module = now
	}
	g, ok := allowed[[2]string{module, name}]
	return g, ok
}
