"""Opens every file of a folder with ggml, as llama.cpp does, and has it write what it read to FILE.again.

    python ggml.py libggml-base.so FOLDER

Prints, as JSON, for each file: "refused", "died", or {"keys": [[key, type], ...], "tensors": [[name, type, [sizes], SHA-256 of the bytes], ...]}. Each file has a
process of its own, since hostile ones are among them, and a memory that they shall not fill.
"""
import ctypes
import hashlib
import json
import os
import pathlib
import resource
import sys
from ctypes import POINTER, Structure, byref, c_bool, c_char_p, c_int, c_int64, c_size_t, c_void_p

ggml = ctypes.CDLL(sys.argv[1])
Log = ctypes.CFUNCTYPE(None, c_int, c_char_p, c_void_p)
silent = Log(lambda level, text, _: None)
ggml.ggml_log_set(silent, None)


class Params(Structure):
    _fields_ = [("no_alloc", c_bool), ("ctx", POINTER(c_void_p))]


class Tensor(Structure):
    """The beginning of struct ggml_tensor."""

    _fields_ = [("type", c_int), ("buffer", c_void_p), ("ne", c_int64 * 4)]


def declare(name, result, *arguments):
    f = getattr(ggml, name)
    f.restype, f.argtypes = result, arguments
    return f


init = declare("gguf_init_from_file", c_void_p, c_char_p, Params)
empty = declare("gguf_init_empty", c_void_p)
tensors = declare("gguf_get_n_tensors", c_int64, c_void_p)
tensor_name = declare("gguf_get_tensor_name", c_char_p, c_void_p, c_int64)
tensor_type = declare("gguf_get_tensor_type", c_int, c_void_p, c_int64)
type_name = declare("ggml_type_name", c_char_p, c_int)
keys = declare("gguf_get_n_kv", c_int64, c_void_p)
key = declare("gguf_get_key", c_char_p, c_void_p, c_int64)
kind = declare("gguf_get_kv_type", c_int, c_void_p, c_int64)
element = declare("gguf_get_arr_type", c_int, c_void_p, c_int64)
kind_name = declare("gguf_type_name", c_char_p, c_int)
first = declare("ggml_get_first_tensor", POINTER(Tensor), c_void_p)
following = declare("ggml_get_next_tensor", POINTER(Tensor), c_void_p, POINTER(Tensor))
size = declare("ggml_nbytes", c_size_t, POINTER(Tensor))
data = declare("ggml_get_data", c_void_p, POINTER(Tensor))
set_kv = declare("gguf_set_kv", None, c_void_p, c_void_p)
add = declare("gguf_add_tensor", None, c_void_p, POINTER(Tensor))
write = declare("gguf_write_to_file", c_bool, c_void_p, c_char_p, c_bool)


def seen(path):
    context = c_void_p()
    file = init(str(path).encode(), Params(False, ctypes.pointer(context)))
    if not file:
        return "refused"
    again = empty()
    set_kv(again, file)
    found = []
    t = first(context) if tensors(file) else None  # the data of all
    for i in range(tensors(file)):
        name = tensor_name(file, i)
        t = following(context, t)
        n = size(t)
        digest = hashlib.sha256(ctypes.string_at(data(t), n) if n else b"").hexdigest()
        found.append([name.decode(), type_name(tensor_type(file, i)).decode().upper(), list(t.contents.ne), digest])
        add(again, t)
    if not write(again, f"{path}.again".encode(), False):
        return "not written"
    types = []
    for i in range(keys(file)):
        name = kind_name(kind(file, i)).decode()
        if name == "arr":
            name += f"[{kind_name(element(file, i)).decode()}]"
        types.append([key(file, i).decode(errors="replace"), name])
    return {"keys": types, "tensors": found}


answers = {}
for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        for said in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), said)
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with os.fdopen(theirs, "w") as out:
            out.write(json.dumps(seen(path)))
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as text:
        answer = text.read()
    os.waitpid(child, 0)
    answers[path.name] = json.loads(answer) if answer else "died"
print(json.dumps(answers))
