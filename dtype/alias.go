package dtype

// aliases are what PyTorch, NumPy and papers call the formats. [Parse] reads them; nothing writes them.
var aliases = map[string]DType{
	"double": F64, "float64": F64, "fp64": F64,
	"float": F32, "float32": F32, "fp32": F32,
	"half": F16, "float16": F16, "fp16": F16,
	"bfloat16":      BF16,
	"float8_e4m3fn": F8E4M3, "float8_e5m2": F8E5M2,
	"int8": I8, "int16": I16, "int32": I32, "int64": I64,
	"uint8": U8, "uint16": U16, "uint32": U32, "uint64": U64,
}
