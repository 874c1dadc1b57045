package torchfile

// An opcode is one byte; the names are those of Python's pickletools.
const (
	opMark            = '('
	opStop            = '.'
	opPop             = '0'
	opPopMark         = '1'
	opDup             = '2'
	opFloat           = 'F'
	opInt             = 'I'
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opLong            = 'L'
	opBinInt2         = 'M'
	opNone            = 'N'
	opPersID          = 'P'
	opBinPersID       = 'Q'
	opReduce          = 'R'
	opString          = 'S'
	opBinString       = 'T'
	opShortBinString  = 'U'
	opUnicode         = 'V'
	opBinUnicode      = 'X'
	opAppend          = 'a'
	opBuild           = 'b'
	opGlobal          = 'c'
	opDict            = 'd'
	opEmptyDict       = '}'
	opAppends         = 'e'
	opGet             = 'g'
	opBinGet          = 'h'
	opInst            = 'i'
	opLongBinGet      = 'j'
	opList            = 'l'
	opEmptyList       = ']'
	opObj             = 'o'
	opPut             = 'p'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opSetItem         = 's'
	opTuple           = 't'
	opEmptyTuple      = ')'
	opSetItems        = 'u'
	opBinFloat        = 'G'
	opBinBytes        = 'B'
	opShortBinBytes   = 'C'
	opProto           = '\x80'
	opNewObj          = '\x81'
	opExt1            = '\x82'
	opExt2            = '\x83'
	opExt4            = '\x84'
	opTuple1          = '\x85'
	opTuple2          = '\x86'
	opTuple3          = '\x87'
	opNewTrue         = '\x88'
	opNewFalse        = '\x89'
	opLong1           = '\x8a'
	opLong4           = '\x8b'
	opShortBinUnicode = '\x8c'
	opBinUnicode8     = '\x8d'
	opBinBytes8       = '\x8e'
	opEmptySet        = '\x8f'
	opAddItems        = '\x90'
	opFrozenSet       = '\x91'
	opNewObjEx        = '\x92'
	opStackGlobal     = '\x93'
	opMemoize         = '\x94'
	opFrame           = '\x95'
	opByteArray8      = '\x96'
	opNextBuffer      = '\x97'
	opReadOnlyBuffer  = '\x98'
)

// argument is what follows an opcode.
type argument uint8

const (
	noArgument argument = iota
	byte1               // unsigned, little-endian, as all that follow
	byte2
	byte4
	byte8
	int4     // signed
	float8   // big-endian
	counted1 // a count of 1 byte, then that many bytes
	counted4
	counted8
	line  // up to a newline
	lines // two of them
)

// toMark as a number of pops stands for all values down to the last mark, and the mark.
const toMark = -1

// opcode describes an instruction: its argument, how many values it takes off the stack, and whether it leaves one.
type opcode struct {
	name   string
	arg    argument
	pops   int
	pushes bool
}

// opcodes describes every instruction of the protocols 0 to 5 (Python's Lib/pickletools.py). A zero name is no instruction.
var opcodes = [256]opcode{
	opMark:            {"MARK", noArgument, 0, false},
	opStop:            {"STOP", noArgument, 1, false},
	opPop:             {"POP", noArgument, 1, false},
	opPopMark:         {"POP_MARK", noArgument, toMark, false},
	opDup:             {"DUP", noArgument, 0, true},
	opFloat:           {"FLOAT", line, 0, true},
	opInt:             {"INT", line, 0, true},
	opBinInt:          {"BININT", int4, 0, true},
	opBinInt1:         {"BININT1", byte1, 0, true},
	opLong:            {"LONG", line, 0, true},
	opBinInt2:         {"BININT2", byte2, 0, true},
	opNone:            {"NONE", noArgument, 0, true},
	opPersID:          {"PERSID", line, 0, true},
	opBinPersID:       {"BINPERSID", noArgument, 1, true},
	opReduce:          {"REDUCE", noArgument, 2, true},
	opString:          {"STRING", line, 0, true},
	opBinString:       {"BINSTRING", counted4, 0, true},
	opShortBinString:  {"SHORT_BINSTRING", counted1, 0, true},
	opUnicode:         {"UNICODE", line, 0, true},
	opBinUnicode:      {"BINUNICODE", counted4, 0, true},
	opAppend:          {"APPEND", noArgument, 1, false},
	opBuild:           {"BUILD", noArgument, 1, false},
	opGlobal:          {"GLOBAL", lines, 0, true},
	opDict:            {"DICT", noArgument, toMark, true},
	opEmptyDict:       {"EMPTY_DICT", noArgument, 0, true},
	opAppends:         {"APPENDS", noArgument, toMark, false},
	opGet:             {"GET", line, 0, true},
	opBinGet:          {"BINGET", byte1, 0, true},
	opInst:            {"INST", lines, toMark, true},
	opLongBinGet:      {"LONG_BINGET", byte4, 0, true},
	opList:            {"LIST", noArgument, toMark, true},
	opEmptyList:       {"EMPTY_LIST", noArgument, 0, true},
	opObj:             {"OBJ", noArgument, toMark, true},
	opPut:             {"PUT", line, 0, false},
	opBinPut:          {"BINPUT", byte1, 0, false},
	opLongBinPut:      {"LONG_BINPUT", byte4, 0, false},
	opSetItem:         {"SETITEM", noArgument, 2, false},
	opTuple:           {"TUPLE", noArgument, toMark, true},
	opEmptyTuple:      {"EMPTY_TUPLE", noArgument, 0, true},
	opSetItems:        {"SETITEMS", noArgument, toMark, false},
	opBinFloat:        {"BINFLOAT", float8, 0, true},
	opBinBytes:        {"BINBYTES", counted4, 0, true},
	opShortBinBytes:   {"SHORT_BINBYTES", counted1, 0, true},
	opProto:           {"PROTO", byte1, 0, false},
	opNewObj:          {"NEWOBJ", noArgument, 2, true},
	opExt1:            {"EXT1", byte1, 0, true},
	opExt2:            {"EXT2", byte2, 0, true},
	opExt4:            {"EXT4", int4, 0, true},
	opTuple1:          {"TUPLE1", noArgument, 1, true},
	opTuple2:          {"TUPLE2", noArgument, 2, true},
	opTuple3:          {"TUPLE3", noArgument, 3, true},
	opNewTrue:         {"NEWTRUE", noArgument, 0, true},
	opNewFalse:        {"NEWFALSE", noArgument, 0, true},
	opLong1:           {"LONG1", counted1, 0, true},
	opLong4:           {"LONG4", counted4, 0, true},
	opShortBinUnicode: {"SHORT_BINUNICODE", counted1, 0, true},
	opBinUnicode8:     {"BINUNICODE8", counted8, 0, true},
	opBinBytes8:       {"BINBYTES8", counted8, 0, true},
	opEmptySet:        {"EMPTY_SET", noArgument, 0, true},
	opAddItems:        {"ADDITEMS", noArgument, toMark, false},
	opFrozenSet:       {"FROZENSET", noArgument, toMark, true},
	opNewObjEx:        {"NEWOBJ_EX", noArgument, 3, true},
	opStackGlobal:     {"STACK_GLOBAL", noArgument, 2, true},
	opMemoize:         {"MEMOIZE", noArgument, 0, false},
	opFrame:           {"FRAME", byte8, 0, false},
	opByteArray8:      {"BYTEARRAY8", counted8, 0, true},
	opNextBuffer:      {"NEXT_BUFFER", noArgument, 0, true},
	opReadOnlyBuffer:  {"READONLY_BUFFER", noArgument, 1, true},
}
