package torchfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/mapped"
)

// attacks are Python names that were found to do harm from within a pickle: the corpus of picklescan's tests and of the advisories on it.
const attacks = `
	os.system os.popen os.execv os.spawnl posix.system posix.execve nt.system sys.exit sys.modules subprocess.Popen subprocess.call subprocess.run
	subprocess.check_output subprocess.getoutput commands.getoutput builtins.eval builtins.exec builtins.compile builtins.getattr builtins.open
	builtins.breakpoint builtins.__import__ __builtin__.eval __builtin__.exec __builtin__.execfile __builtin__.compile __builtin__.apply __builtin__.getattr
	__builtin__.open __builtin__.file __builtin__.globals builtins.globals builtins.setattr builtins.delattr builtins.map builtins.filter builtins.type
	builtins.vars builtins.input builtins.super builtins.memoryview runpy._run_code runpy.run_path webbrowser.open operator.attrgetter operator.itemgetter
	operator.methodcaller functools.partial functools.reduce importlib.import_module importlib.reload pickle.loads pickle.load _pickle.loads cPickle.loads
	torch.load torch.serialization.load torch.jit.unsupported_tensor_ops.execWrapper torch.jit.load torch.utils.collect_env.run
	torch._inductor.codecache.compile_file torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression
	torch.utils._config_module.ConfigModule.load_config torch.utils.bottleneck.__main__.run_cprofile torch.utils.bottleneck.__main__.run_autograd_prof
	torch.utils.data.datapipes.utils.decoder.basichandlers torch._dynamo.guards.GuardBuilder.get torch.hub.load torch.package.PackageImporter
	torch.storage._load_from_bytes torch.multiprocessing.spawn torch.distributed.run.main torch.utils.cpp_extension.load torch.testing._internal.common_utils.run
	numpy.f2py.crackfortran.getlincoef numpy.f2py.crackfortran._eval_length numpy.testing._private.utils.runstring numpy.load numpy.memmap
	numpy.ctypeslib.load_library pandas.read_pickle joblib.load asyncio.unix_events._UnixSubprocessTransport._start asyncio.run ctypes.CDLL ctypes.cdll
	pty.spawn shutil.rmtree shutil.copy socket.create_connection socket.gethostbyname ssl.get_server_certificate http.client.HTTPSConnection httplib.HTTPSConnection
	urllib.request.urlopen urllib.request.urlretrieve requests.get requests.api.get aiohttp.ClientSession pip.main pip._internal.main ensurepip._run_pip
	venv.create pydoc.locate pydoc.pipepager pkgutil.resolve_name distutils.file_util.write_file imaplib.IMAP4_stream uuid._get_command_stdout
	_aix_support._read_cmd_output _osx_support._read_output _pyrepl.pager.pipe_pager logging.FileHandler logging.config.listen _io.FileIO io.open io.FileIO
	cProfile.run cProfile.runctx profile.run profile.Profile.run trace.Trace.run trace.Trace.runctx timeit.timeit timeit.main doctest.debug_script bdb.Bdb.run pdb.run
	idlelib.autocomplete.AutoComplete.get_entity idlelib.autocomplete.AutoComplete.fetch_completions idlelib.calltip.get_entity idlelib.calltip.Calltip.fetch_tip
	idlelib.debugobj.ObjectTreeItem.SetText idlelib.pyshell.ModifiedInterpreter.runcode idlelib.pyshell.ModifiedInterpreter.runcommand
	idlelib.run.Executive.runcode lib2to3.pgen2.grammar.Grammar.loads lib2to3.pgen2.pgen.ParserGenerator.make_label cloudpickle.loads
	cloudpickle.cloudpickle._builtin_type types.CodeType types.FunctionType code.InteractiveInterpreter.runcode codeop.compile_command site.addsitedir
	test.support.script_helper.assert_python_ok zipimport.zipimporter tempfile.mktemp glob.glob pathlib.Path signal.signal threading.Thread
	multiprocessing.Process marshal.loads shelve.open dill.loads yaml.load tarfile.open zipfile.ZipFile sqlite3.connect ftplib.FTP smtplib.SMTP telnetlib.Telnet
	xmlrpc.client.ServerProxy platform.popen antigravity.geohash atexit.register gc.get_objects inspect.getsource linecache.getline weakref.finalize
	torch.serialization.os.system torch.nn.modules.module.__builtins__ collections.abc.sys.exit numpy.os.system random._os.system codecs.open copyreg.add_extension
`

// split takes a dotted name apart: the module is all but the last word.
func split(full string) (module, name string) {
	i := strings.LastIndexByte(full, '.')
	return full[:i], full[i+1:]
}

// spellings are the ways to ask for a global and call it.
func spellings(module, name string) map[string]string {
	short := func(s string) string { return "\x8c" + string([]byte{byte(len(s))}) + s }
	return map[string]string{
		"GLOBAL REDUCE":              pickled(glob(module, name), tup(str("x")), "R"),
		"GLOBAL NEWOBJ":              pickled(glob(module, name), ")\x81"),
		"GLOBAL BUILD":               pickled(glob(module, name), ")R", "}b"),
		"GLOBAL alone":               pickled(glob(module, name)),
		"STACK_GLOBAL":               "\x80\x04" + short(module) + "\x94" + short(name) + "\x94\x93\x94" + tup(str("x")) + "R.",
		"STACK_GLOBAL of memo":       "\x80\x04" + short(name) + "q\x07" + "h\x07" + "q\x00" + short(module) + "\x94" + "h\x00\x93)R.",
		"INST":                       pickled("(" + str("x") + "i" + module + "\n" + name + "\n"),
		"OBJ":                        pickled("(" + glob(module, name) + str("x") + "o"),
		"OBJ and POP":                pickled("(" + glob(module, name) + str("x") + "o0N"),
		"NEWOBJ_EX":                  "\x80\x04" + glob(module, name) + ")}\x92.",
		"protocol 0":                 "c" + module + "\n" + name + "\n(S'x'\ntR.",
		"in a state dict":            pickled(ordered(str("w"), vector("0", 1), str("x"), call(module, name, str("x")))),
		"as the args of a tensor":    pickled(call("torch._utils", "_rebuild_tensor_v2", call(module, name, str("x")))),
		"through _rebuild_from_type": pickled(call("torch._tensor", "_rebuild_from_type_v2", glob(module, name), glob("torch", "Tensor"), tup(str("x")), "N")),
		"as a storage's class":       pickled(tup(str("storage"), glob(module, name), str("0"), str("cpu"), num(1)) + "Q"),
		"before a broken end":        pickled(call(module, name, str("x")) + "\xff"),
		"before no end":              strings.TrimSuffix(pickled(call(module, name, str("x"))), "."),
		"in a second pickle":         pickled("N") + pickled(call(module, name, str("x"))),
		"dotted":                     pickled(glob("torch", module+"."+name), tup(str("x")), "R"),
	}
}

func TestNoAttackIsReadAndEveryOneIsFound(t *testing.T) {
	t.Parallel()
	seen := 0
	for full := range strings.FieldsSeq(attacks) {
		module, name := split(full)
		for how, pickle := range spellings(module, name) {
			what := full + " by " + how
			for container, b := range map[string][]byte{"zip": fileOf(pickle, floats(1)), "legacy": legacyOf(pickle, "0", floats(1)), "bare": []byte(pickle)} {
				_, err := open(b)
				var format *FormatError
				require.ErrorAs(t, err, &format, "%s in a %s", what, container)
				require.NotContains(t, err.Error(), "\n", what)
				if strings.HasPrefix(how, "GLOBAL") && container != "bare" {
					require.Equal(t, ForbiddenGlobal, format.Kind, "%s: %v", what, err)
					require.Equal(t, int64(2), format.Offset, what)
					require.Contains(t, err.Error(), full, what)
				}
				report := scanned(t, b)
				require.Error(t, report.Refusal, what)
				if how == "dotted" && report.Worst() == Suspicious {
					continue // torch has no such attribute, or it is not known to have it
				}
				require.Equal(t, Dangerous, report.Worst(), "%s in a %s: %+v", what, container, report.Globals)
			}
			seen++
		}
	}
	assert.Greater(t, seen, 2500)
}

func TestClassesOfProgramsAreSuspicious(t *testing.T) {
	t.Parallel()
	for _, full := range []string{"__main__.Net", "torchvision.models.resnet.ResNet", "numpy.core.multiarray._reconstruct", "numpy.dtype", "argparse.Namespace", "ultralytics.nn.tasks.DetectionModel", "omegaconf.dictconfig.DictConfig"} {
		module, name := split(full)
		b := fileOf(pickled(ordered(str("w"), vector("0", 1), str("x"), call(module, name))), floats(1))
		_, err := open(b)
		require.ErrorIs(t, err, ForbiddenGlobal)
		assert.Contains(t, err.Error(), full)
		assert.Equal(t, Suspicious, scanned(t, b).Worst(), full)
	}
	assert.Equal(t, Innocuous, scanned(t, good()).Worst())
}

// brokenPickles must be refused for what they are, with the byte that is at fault (-1: not told here).
func brokenPickles() []struct {
	name, pickle string
	kind         Kind
	offset       int64
	detail       string
} {
	one := idOf("FloatStorage", "0", 1)
	sized := func(size, strides []int64, offset int64) string { return pickled(view(one, offset, size, strides)) }
	return []struct {
		name, pickle string
		kind         Kind
		offset       int64
		detail       string
	}{
		// The form of a pickle.
		{"nothing", "", Truncated, 0, "without a STOP"},
		{"no STOP", "\x80\x02N", Truncated, 3, "without a STOP"},
		{"STOP alone", ".", BadPickle, 0, "0 values"},
		{"no value", pickled(), BadPickle, 2, "0 values"},
		{"two values", pickled("NN"), BadPickle, 4, "2 values"},
		{"an open mark", pickled("(N"), BadPickle, 4, "1 marks"},
		{"bytes after STOP", pickled("N") + "x", BadPickle, 4, "1 bytes follow"},
		{"protocol 0", "I1\n.", ForbiddenOpcode, 0, "protocol 0 or 1"},
		{"protocol 1", "K\x01.", ForbiddenOpcode, 0, "protocol 0 or 1"},
		{"protocol 6", "\x80\x06N.", Unsupported, 0, "protocol 6"},
		{"protocol 255", "\x80\xffN.", Unsupported, 0, "protocol 255"},
		{"PROTO twice", "\x80\x02\x80\x02N.", BadPickle, 2, "middle"},
		{"PROTO late", pickled("N", "\x80\x02"), BadPickle, 3, "middle"},
		{"not an opcode", pickled("\xff"), BadPickle, 2, "0xff"},
		{"zero", pickled("\x00"), BadPickle, 2, "0x00"},
		{"a cut argument", "\x80\x02J\x01\x02", Truncated, 2, "within BININT"},
		{"a cut string", "\x80\x02X\xff\x00\x00\x00abc", Truncated, 2, "255 bytes: only 3"},
		{"a string of 2^32-1", "\x80\x02X\xff\xff\xff\xffabc.", Truncated, 2, "4,294,967,295"},
		{"a string of 2^63", "\x80\x04\x8d" + le64(1<<63) + "abc.", Truncated, 2, "9,223,372,036,854,775,808"},
		{"a string of 2^64-1", "\x80\x04\x8d" + le64(1<<64-1) + "abc.", Truncated, 2, "18,446,744,073,709,551,615"},
		{"a cut line", "\x80\x02cos", Truncated, 2, "within GLOBAL"},
		{"half a global", "\x80\x02cos\nsys", Truncated, 2, "within GLOBAL"},
		{"a string that is not UTF-8", pickled("X\x02\x00\x00\x00\xff\xfe"), BadPickle, 2, "not UTF-8"},
		{"a name that is not UTF-8", pickled("c\xff\n\xfe\n"), ForbiddenGlobal, 2, "\\xff"},
		{"a huge LONG4", "\x80\x02\x8b\xff\xff\xff\x7f.", Truncated, 2, "2,147,483,647"},
		{"a negative LONG4", "\x80\x02\x8b\xff\xff\xff\xff.", Truncated, 2, "4,294,967,295"},

		// Frames.
		{"a frame beyond the end", "\x80\x04\x95" + le64(100) + "N.", Truncated, 2, "100 bytes"},
		{"a frame of 2^64-1", "\x80\x04\x95" + le64(1<<64-1) + "N.", Truncated, 2, "only 2"},
		{"a frame that ends within an instruction", "\x80\x04\x95" + le64(1) + "K\x01.", BadPickle, 11, "beyond its frame"},
		{"a frame in a frame", "\x80\x04\x95" + le64(11) + "\x95" + le64(2) + "N.", BadPickle, 11, "before the last one ends"},
		{"STOP before the frame's end", "\x80\x04\x95" + le64(3) + "N.N", BadPickle, -1, ""},

		// Instructions that are not needed.
		{"DUP", pickled("N2\x86"), ForbiddenOpcode, 3, "DUP"},
		{"POP", pickled("NN0"), ForbiddenOpcode, 4, "POP"},
		{"POP_MARK", pickled("N(N1"), ForbiddenOpcode, 5, "POP_MARK"},
		{"INST", pickled("(ios\nsystem\n"), ForbiddenOpcode, 3, "INST"},
		{"OBJ", pickled("(" + glob("collections", "OrderedDict") + "o"), ForbiddenOpcode, -1, "OBJ"},
		{"EXT1", pickled("\x82\x01"), ForbiddenOpcode, 2, "EXT1"},
		{"EXT2", pickled("\x83\x01\x00"), ForbiddenOpcode, 2, "EXT2"},
		{"EXT4", pickled("\x84\x01\x00\x00\x00"), ForbiddenOpcode, 2, "EXT4"},
		{"PERSID", pickled("Pstorage\n"), ForbiddenOpcode, 2, "PERSID"},
		{"INT", pickled("I01\n"), ForbiddenOpcode, 2, "INT"},
		{"LONG", pickled("L1L\n"), ForbiddenOpcode, 2, "LONG"},
		{"FLOAT", pickled("F1.5\n"), ForbiddenOpcode, 2, "FLOAT"},
		{"STRING", pickled("S'a'\n"), ForbiddenOpcode, 2, "STRING"},
		{"UNICODE", pickled("Va\n"), ForbiddenOpcode, 2, "UNICODE"},
		{"BINSTRING", pickled("T\x01\x00\x00\x00a"), ForbiddenOpcode, 2, "BINSTRING"},
		{"DICT", pickled("(d"), ForbiddenOpcode, 3, "DICT"},
		{"LIST", pickled("(l"), ForbiddenOpcode, 3, "LIST"},
		{"PUT", pickled("Np0\n"), ForbiddenOpcode, 3, "PUT"},
		{"GET", pickled("g0\n"), ForbiddenOpcode, 2, "GET"},
		{"NEWOBJ_EX", pickled(glob("collections", "OrderedDict"), ")}\x92"), ForbiddenOpcode, -1, "NEWOBJ_EX"},
		{"NEXT_BUFFER", "\x80\x05\x97.", ForbiddenOpcode, 2, "NEXT_BUFFER"},
		{"READONLY_BUFFER", "\x80\x05N\x98.", ForbiddenOpcode, 3, "READONLY_BUFFER"},

		// The stack and the memo.
		{"TUPLE2 of one", pickled("N\x86"), BadPickle, 3, "2 values off a stack that has 1"},
		{"TUPLE1 of nothing", pickled("\x85"), BadPickle, 2, "1 values"},
		{"TUPLE1 through a mark", pickled("N(\x85"), BadPickle, 4, "stack that has 0"},
		{"TUPLE without a mark", pickled("Nt"), BadPickle, 3, "mark that is not there"},
		{"BINPUT of nothing", pickled("q\x00"), BadPickle, 2, "1 values"},
		{"BINGET of nothing", pickled("h\x00"), BadPickle, 2, "memo 0 is read"},
		{"LONG_BINGET of 2^32-1", pickled("j\xff\xff\xff\xff"), BadPickle, 2, "memo 4294967295"},
		{"a memo that was passed over", pickled("NNq\x02h\x01\x86\x86"), BadPickle, 6, "memo 1 is read"},
		{"a memo far beyond", pickled("Nr\xff\xff\xff\x7f"), BadPickle, 3, "memo 2147483647 is set"},
		{"a memo that is not yet", pickled("h\x00Nq\x00\x86"), BadPickle, 2, "memo 0"},

		// What may be filled.
		{"APPEND on a dict", pickled("}Na"), BadPickle, 4, "APPEND on a dict"},
		{"APPENDS on a tuple", pickled(")(Ne"), BadPickle, 5, "APPENDS on a tuple"},
		{"APPEND on a storage", pickled(one + "Na"), BadPickle, -1, "APPEND on a Storage"},
		{"APPEND on nothing", pickled("Na"), BadPickle, 3, "nothing to fill"},
		{"SETITEM on a list", pickled("]NNs"), BadPickle, 5, "SETITEM on a list"},
		{"SETITEM on a tensor", pickled(vector("0", 1) + num(0) + "Ns"), BadPickle, -1, "SETITEM on a Tensor"},
		{"SETITEMS on a storage", pickled(one + "(K\x00K\xffu"), BadPickle, -1, "SETITEMS on a Storage"},
		{"SETITEMS of three", pickled("}(NNNu"), BadPickle, -1, "without a value"},
		{"SETITEM on a global", pickled(glob("torch", "Tensor") + str("x") + "Ns"), BadPickle, -1, "on a torch.Tensor"},
		{"ADDITEMS on a list", "\x80\x04](N\x90.", BadPickle, -1, "ADDITEMS on a list"},
		{"ADDITEMS on a frozenset", "\x80\x04(\x91(N\x90.", BadPickle, -1, "ADDITEMS on a frozenset"},
		{"a list as a key", pickled("}]Ns"), BadPickle, -1, "list is the key"},
		{"a dict as a key", pickled("}}Ns"), BadPickle, -1, "dict is the key"},
		{"a key of 5000 bytes", pickled("}" + str(strings.Repeat("k", 5000)) + "Ns"), TooLarge, -1, "5,000"},
		{"BUILD of a dict", pickled("}}b"), BadPickle, 4, "BUILD of a dict"},
		{"BUILD of a list", pickled("]}b"), BadPickle, 4, "BUILD of a list"},
		{"BUILD of a finished tensor", pickled(vector("0", 1) + tup() + "b"), BadPickle, -1, "BUILD of a Tensor"},
		{"BUILD of an OrderedDict with a list", pickled(ordered() + "]b"), BadPickle, -1, "BUILD of a OrderedDict"},
		{"BUILD of a global", pickled(glob("torch", "Tensor") + "}b"), BadPickle, -1, "BUILD of a torch.Tensor"},

		// What may be called.
		{"REDUCE of a number", pickled("K\x01)R"), BadPickle, 5, "REDUCE calls int"},
		{"REDUCE of a string", pickled(str("os.system") + tup(str("x")) + "R"), BadPickle, -1, "REDUCE calls str"},
		{"REDUCE with a list", pickled(glob("collections", "OrderedDict") + "]R"), BadPickle, -1, "has a list for arguments"},
		{"REDUCE of a class of tensors", pickled(glob("torch", "FloatTensor") + nums(1<<40) + "R"), BadPickle, -1, "cannot be called"},
		{"REDUCE of a storage class", pickled(glob("torch", "FloatStorage") + nums(1<<40) + "R"), BadPickle, -1, "cannot be called"},
		{"REDUCE of a dtype", pickled(glob("torch", "float32") + ")R"), BadPickle, -1, "cannot be called"},
		{"NEWOBJ of a function", pickled(glob("torch._utils", "_rebuild_tensor_v2") + ")\x81"), BadPickle, -1, "no class of plain data"},
		{"NEWOBJ with arguments", pickled(glob("torch", "FloatTensor") + nums(1<<40) + "\x81"), BadPickle, -1, "NEWOBJ"},
		{"NEWOBJ of a string", pickled(str("x") + ")\x81"), BadPickle, -1, "NEWOBJ of str"},
		{"NEWOBJ without BUILD", pickled(glob("torch", "FloatTensor") + ")\x81"), BadPickle, -1, "never filled"},
		{"a global of another case", pickled(glob("Torch", "FloatStorage")), ForbiddenGlobal, 2, "Torch.FloatStorage"},
		{"a global with a space", pickled(glob("torch ", "FloatStorage")), ForbiddenGlobal, 2, "torch "},
		{"a dotted name", pickled(glob("torch", "_utils._rebuild_tensor_v2")), ForbiddenGlobal, 2, "_utils._rebuild_tensor_v2"},
		{"a global of nothing", pickled(glob("", "")), ForbiddenGlobal, 2, `"."`},
		{"a very long global", pickled(glob(strings.Repeat("a.", 5000), "b")), ForbiddenGlobal, 2, "a.a.a"},
		{"STACK_GLOBAL of a number", "\x80\x04K\x2aK\x2a\x93.", BadPickle, 6, "is a int, not a str"},
		{"STACK_GLOBAL of a string and a number", "\x80\x04\x8c\x02osK\x2a\x93.", BadPickle, -1, "is a int, not a str"},
		{"STACK_GLOBAL of one", "\x80\x04\x8c\x02os\x93.", BadPickle, -1, "2 values"},
		{"OrderedDict of a number", pickled(call("collections", "OrderedDict", num(1))), BadPickle, -1, "does not take the arguments (1)"},
		{"OrderedDict of triples", pickled(call("collections", "OrderedDict", "](](NNNee")), BadPickle, -1, "does not take"},
		{"bytes in utf-16", pickled(call("_codecs", "encode", str("a"), str("utf-16"))), BadPickle, -1, "does not take"},
		{"bytes in rot13", pickled(call("_codecs", "encode", str("a"), str("rot13"))), BadPickle, -1, "does not take"},
		{"bytes beyond latin-1", pickled(call("_codecs", "encode", str("\u0100"), str("latin1"))), BadPickle, -1, "beyond latin-1"},
		{"bytearray of a number", pickled(call("builtins", "bytearray", num(1<<40))), BadPickle, -1, "does not take"},
		{"set of a string", pickled(call("builtins", "set", str("abc"))), BadPickle, -1, "does not take"},
		{"complex of strings", pickled(call("builtins", "complex", str("1"), str("2"))), BadPickle, -1, "does not take"},
		{"Size of a list", pickled(call("torch", "Size", "]")), BadPickle, -1, "does not take"},
		{"device of a tuple", pickled(call("torch", "device", ")")), BadPickle, -1, "does not take"},
		{"device of two lines", pickled(call("torch", "device", str("cpu\nroot"))), BadPickle, -1, "does not take"},
		{"layout of os", pickled(call("torch.serialization", "_get_layout", str("os.system"))), BadPickle, -1, "does not take"},

		// Persistent ids.
		{"a number", pickled("K\x01Q"), BadPickle, -1, "a int is the persistent id"},
		{"a string", pickled(str("storage") + "Q"), BadPickle, -1, "a str is the persistent id"},
		{"an empty tuple", pickled(")Q"), BadPickle, -1, "empty"},
		{"a module", pickled(tup(str("module"), glob("torch", "Tensor"), str("f.py"), str("import os")) + "Q"), ForbiddenGlobal, -1, "whole module"},
		{"another kind", pickled(tup(str("file"), num(1)) + "Q"), BadPickle, -1, "not of a storage"},
		{"too few fields", pickled(tup(str("storage"), glob("torch", "FloatStorage"), str("0")) + "Q"), BadPickle, -1, "3 fields"},
		{"a legacy id in a zip", pickled(tup(str("storage"), glob("torch", "FloatStorage"), str("0"), str("cpu"), num(1), "N") + "Q"), BadPickle, -1, "6 fields"},
		{"a class that is no storage", pickled(tup(str("storage"), glob("torch", "Size"), str("0"), str("cpu"), num(1)) + "Q"), BadPickle, -1, "of class torch.Size"},
		{"a class that is a string", pickled(tup(str("storage"), str("FloatStorage"), str("0"), str("cpu"), num(1)) + "Q"), BadPickle, -1, "of class str"},
		{"a key that is a number", pickled(tup(str("storage"), glob("torch", "FloatStorage"), num(0), str("cpu"), num(1)) + "Q"), BadPickle, -1, "the key 0"},
		{"a key that is not there", pickled(idOf("FloatStorage", "7", 1)), BadTensor, -1, "no entry"},
		{"a key that is a path", pickled(idOf("FloatStorage", "../data.pkl", 1)), BadTensor, -1, "no entry"},
		{"no elements where there is one", pickled(idOf("FloatStorage", "0", 0)), BadTensor, -1, "0 bytes, its entry has 4"},
		{"two elements where there is one", pickled(idOf("FloatStorage", "0", 2)), BadTensor, -1, "8 bytes, its entry has 4"},
		{"-1 elements", pickled(idOf("FloatStorage", "0", -1)), BadTensor, -1, "-1 elements"},
		{"2^61 elements", pickled(idOf("FloatStorage", "0", 1<<61)), BadTensor, -1, "too many to count"},
		{"2^62+1 elements of 4 bytes", pickled(idOf("FloatStorage", "0", 1<<62+1)), BadTensor, -1, "too many to count"},
		{"a wider type", pickled(idOf("DoubleStorage", "0", 1)), BadTensor, -1, "8 bytes, its entry has 4"},
		{"one storage of two types", pickled(tup(one, idOf("IntStorage", "0", 1))), BadTensor, -1, "float32 of 4 bytes in one place and int32"},
		{"one storage of two sizes", pickled(tup(one, idOf("FloatStorage", "0", 2))), BadTensor, -1, "4 bytes in one place and"},

		// Tensors.
		{"more elements than the storage", sized([]int64{2}, []int64{1}, 0), BadTensor, -1, "its element 1 is used, the storage has 1"},
		{"an offset at the end", sized([]int64{1}, []int64{1}, 1), BadTensor, -1, "element 1 is used"},
		{"an offset of 2^63-1", sized([]int64{1}, []int64{1}, 1<<63-1), BadTensor, -1, "is used"},
		{"a scalar beyond", sized(nil, nil, 5), BadTensor, -1, "element 5 is used"},
		{"nothing from beyond", sized([]int64{0}, []int64{1}, 2), BadTensor, -1, "the storage has 1"},
		{"a negative offset", sized([]int64{1}, []int64{1}, -1), BadTensor, -1, "offset is -1"},
		{"a negative size", sized([]int64{-1}, []int64{1}, 0), BadTensor, -1, "size has -1"},
		{"a negative stride", sized([]int64{1}, []int64{-1}, 0), BadTensor, -1, "stride has -1"},
		{"two sizes and one stride", sized([]int64{1, 1}, []int64{1}, 0), BadTensor, -1, "2 sizes and 1 strides"},
		{"a size of 2^126", sized([]int64{1 << 62, 1 << 62, 4}, []int64{0, 0, 0}, 0), BadTensor, -1, "too large to count"},
		{"a size that wraps to 1", sized([]int64{1<<32 + 1, 1<<32 + 1, 1 << 32}, []int64{0, 0, 0}, 0), BadTensor, -1, "too large to count"},
		{"2^62 elements by stride 0", sized([]int64{1 << 62}, []int64{0}, 0), BadTensor, -1, "count its bytes"},
		{"a stride that wraps to 0", sized([]int64{3}, []int64{1 << 63 >> 1}, 0), BadTensor, -1, "beyond any storage"},
		{"strides whose sum wraps", sized([]int64{2, 2, 2}, []int64{1 << 62, 1 << 62, 1 << 62}, 0), BadTensor, -1, "beyond any storage"},
		{"65 dimensions", sized(make([]int64, 65), make([]int64, 65), 0), BadTensor, -1, "65 dimensions"},
		{"a storage that is a number", pickled(view(num(1), 0, []int64{1}, []int64{1})), BadTensor, -1, "storage is a int"},
		{"a storage that is a dict", pickled(view("}", 0, []int64{1}, []int64{1})), BadTensor, -1, "storage is a dict"},
		{"a size that is a list", pickled(call("torch._utils", "_rebuild_tensor_v2", one, num(0), "]", nums(1), "\x89", noHooks())), BadTensor, -1, "size is a list"},
		{"a size of a float", pickled(call("torch._utils", "_rebuild_tensor_v2", one, num(0), tup("G\x3f\xf0\x00\x00\x00\x00\x00\x00"), nums(1), "\x89", noHooks())), BadTensor, -1, "size has 1.0"},
		{"an offset of 2^64", pickled(call("torch._utils", "_rebuild_tensor_v2", one, "\x8a\x09"+"\x00\x00\x00\x00\x00\x00\x00\x00\x01", nums(1), nums(1), "\x89", noHooks())), BadTensor, -1, "offset is 18446744073709551616"},
		{"requires_grad of 1", pickled(call("torch._utils", "_rebuild_tensor_v2", one, num(0), nums(1), nums(1), num(1), noHooks())), BadTensor, -1, "requires_grad is a int"},
		{"hooks", pickled(call("torch._utils", "_rebuild_tensor_v2", one, num(0), nums(1), nums(1), "\x89", ordered(num(1), num(2)))), BadTensor, -1, "has hooks"},
		{"too few arguments", pickled(call("torch._utils", "_rebuild_tensor_v2", one, num(0))), BadPickle, -1, "does not take"},
		{"a dtype that is none", pickled(call("torch._utils", "_rebuild_tensor_v3", one, num(0), nums(1), nums(1), "\x89", noHooks(), glob("torch", "Size"))), BadTensor, -1, "dtype is torch.Size"},
		{"a dtype of less than a byte", pickled(call("torch._utils", "_rebuild_tensor_v3", one, num(0), nums(1), nums(1), "\x89", noHooks(), glob("torch", "uint4"))), BadTensor, -1, "dtype is torch.uint4"},
		{"a wider dtype over the bytes", pickled(call("torch._utils", "_rebuild_tensor_v3", one, num(0), nums(1), nums(1), "\x89", noHooks(), glob("torch", "float64"))), BadTensor, -1, "the storage has 0"},
		{"a parameter of a number", pickled(call("torch._utils", "_rebuild_parameter", num(1), "\x88", noHooks())), BadPickle, -1, "does not take"},
		{"a subclass of a function that is not torch's", pickled(call("torch._tensor", "_rebuild_from_type_v2", glob("collections", "OrderedDict"), glob("torch", "Tensor"), tup(), "N")), BadPickle, -1, "does not take"},
		{"a sparse tensor of no layout", pickled(call("torch._utils", "_rebuild_sparse_tensor", str("torch.sparse_coo"), tup())), BadPickle, -1, "does not take"},

		// Names.
		{"a key twice", pickled(ordered(str("w"), vector("0", 1), str("w"), vector("0", 1))), DuplicateName, -1, `"w" comes twice`},
		{"a number and its text", pickled(dictOf(num(0), vector("0", 1), str("0"), "N")), DuplicateName, -1, `"0" comes twice`},
		{"a path and its key", pickled(dictOf(str("a.b"), vector("0", 1), str("a"), dictOf(str("b"), vector("0", 1)))), DuplicateName, -1, `"a.b" comes twice`},
		{"a dict twice", pickled(dictOf(str("a"), dictOf(str("b"), vector("0", 1)), str("a"), dictOf(str("c"), vector("0", 1)))), DuplicateName, -1, `"a" comes twice`},
		{"a dict in itself", pickled("}q\x00" + str("a") + "h\x00s"), BadPickle, -1, "holds itself"},
		{"a list in itself", pickled("]q\x00h\x00a"), BadPickle, -1, "holds itself"},
		{"a list in a dict in a list", pickled("]q\x00" + dictOf(str("a"), "h\x00") + "a"), BadPickle, -1, "holds itself"},
	}
}

func TestBrokenPicklesAreRefusedWithTheByteThatIsAtFault(t *testing.T) {
	t.Parallel()
	for _, c := range brokenPickles() {
		_, err := open(fileOf(c.pickle, "\x00\x00\x80\x3f"))
		var format *FormatError
		require.ErrorAs(t, err, &format, c.name)
		require.Equal(t, c.kind, format.Kind, "%s: %v", c.name, err)
		require.ErrorContains(t, err, c.detail, c.name)
		if c.offset >= 0 {
			assert.Equal(t, c.offset, format.Offset, "%s: %v", c.name, err)
			assert.Equal(t, "a/data.pkl", format.Entry, c.name)
		}
		assert.NotContains(t, err.Error(), "\n", c.name)
		assert.Less(t, len(err.Error()), 700, c.name)
		_ = scanned(t, fileOf(c.pickle))
	}
}

// scanned scans a file in memory.
func scanned(t testing.TB, b []byte) *Report {
	t.Helper()
	r, err := scan(mapped.New(bytes.NewReader(b), int64(len(b))))
	require.NoError(t, err)
	return r
}
