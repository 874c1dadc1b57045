package torchfile

import (
	"fmt"
	"strings"
)

// Verdict is what mentioning a Python name in a pickle says about the file.
type Verdict uint8

// The verdicts, from harmless to harmful.
const (
	Innocuous  Verdict = iota // one of the names that hold plain data, which Open reads
	Suspicious                // a name that is not known: a class of somebody's program, most often
	Dangerous                 // a name that runs commands or code, reads or writes files, or opens connections
)

// String returns the verdict in one word.
func (v Verdict) String() string {
	switch v {
	case Innocuous:
		return "innocuous"
	case Suspicious:
		return "suspicious"
	case Dangerous:
		return "dangerous"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// words makes a set of the words of a text.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		set[w] = true
	}
	return set
}

// dangerousModules are modules of which no name belongs in a pickle of data, with all below them: they run programs or code, reach files, the network
// or the interpreter. Collected from the advisories on picklescan and fickling (GHSA) and from Python's own list of modules.
var dangerousModules = words(`
	_aix_support _frozen_importlib _frozen_importlib_external _io _osx_support _pickle _posixsubprocess _posixshmem _pyrepl _socket _ssl _thread _winapi
	_xxsubinterpreters aifc aiohttp antigravity asynchat asyncio asyncore atexit bdb bz2 cffi cgi cgitb cloudpickle cmd code codeop compileall concurrent
	ctypes dbm dill distutils doctest ensurepip faulthandler fcntl fileinput ftplib gc glob gzip http httplib idlelib imaplib imp importlib inspect
	io joblib lib2to3 linecache logging lzma mailbox marshal mmap modulefinder msilib msvcrt multiprocessing nntplib nt ntpath numpy.ctypeslib numpy.distutils
	numpy.f2py numpy.testing os paramiko pathlib pdb pickle pickletools pip pipes pkg_resources pkgutil platform poplib popen2 posix posixpath profile
	cProfile pstats pty py_compile pyclbr pydoc pydoc_data readline requests resource rlcompleter runpy sched select selectors setuptools shelve shutil
	signal site smtpd smtplib socket socketserver sqlite3 ssl subprocess sys sysconfig tarfile telnetlib tempfile test threading timeit tkinter trace
	tracemalloc turtle types urllib urllib2 urllib3 uuid venv webbrowser weakref winreg wsgiref xmlrpc yaml zipapp zipfile zipimport
	torch._dynamo torch._inductor torch.compiler torch.distributed torch.fx torch.hub torch.jit torch.multiprocessing torch.package torch.testing
	torch.utils._config_module torch.utils.bottleneck torch.utils.collect_env torch.utils.cpp_extension torch.utils.data torch.utils.hipify torch.utils.model_zoo
`)

// dangerousNames are functions of modules that have harmless ones too.
var dangerousNames = words(`
	builtins.__import__ builtins.apply builtins.breakpoint builtins.compile builtins.delattr builtins.dir builtins.eval builtins.exec builtins.execfile
	builtins.exit builtins.file builtins.filter builtins.getattr builtins.globals builtins.hasattr builtins.help builtins.input builtins.locals
	builtins.map builtins.memoryview builtins.open builtins.property builtins.quit builtins.raw_input builtins.reload builtins.setattr builtins.super
	builtins.type builtins.vars codecs.open copyreg.__newobj__ copyreg.add_extension functools.partial functools.partialmethod functools.reduce
	functools.singledispatch itertools.starmap numpy.fromfile numpy.fromregex numpy.genfromtxt numpy.load numpy.loadtxt numpy.memmap numpy.save
	numpy.savetxt numpy.savez operator.attrgetter operator.call operator.itemgetter operator.methodcaller pandas.read_pickle random._os
	torch.load torch.save torch.serialization.load torch.serialization.save torch.storage._load_from_bytes torch.compile torch.utils.model_zoo.load_url
	torch.classes.load_library torch.ops.load_library torch.from_file torch.UntypedStorage.from_file
`)

// dangerousParts are words that make a dotted name dangerous wherever they stand in it, as in torch.serialization.os.system.
var dangerousParts = words(`
	__builtin__ __builtins__ __call__ __class__ __code__ __dict__ __getattribute__ __globals__ __import__ __loader__ __mro__ __reduce__ __reduce_ex__
	__setstate__ __subclasses__ _posixsubprocess builtins ctypes eval exec execfile importlib nt os popen posix pty runpy socket subprocess sys system
`)

// judge returns the verdict on a name as the pickle spells it.
func judge(module, name string) Verdict {
	if _, ok := lookUp(module, name); ok {
		return Innocuous
	}
	if now, ok := renamed[module]; ok {
		module = now
	}
	if len(module) > 4*longestName || len(name) > 4*longestName {
		return Dangerous // no honest name is so long, and it could be made to cost time
	}
	full := module + "." + name
	if dangerousNames[full] || inModules(full) {
		return Dangerous
	}
	inner := full
	if module == "builtins" { // whose harmless types are named as they are
		inner = name
	}
	for part := range strings.SplitSeq(inner, ".") {
		if dangerousParts[part] {
			return Dangerous
		}
	}
	return Suspicious
}

// inModules tells whether a dotted name is in one of dangerousModules.
func inModules(full string) bool {
	for i := range len(full) {
		if full[i] == '.' && dangerousModules[full[:i]] {
			return true
		}
	}
	return false
}
