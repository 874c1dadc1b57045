"""Opens GGUF files with llama.cpp and prints, as JSON, what it makes of a prompt.

    python llamacpp.py LIBRARIES TOKENS '[["model.gguf", "prompt"], ...]'

For each file: the ids of the prompt, the logits of every position of it, the TOKENS that follow when the most likely one is
always taken, and their text. Structs of llama.h are passed as they come from its functions for defaults, so that nothing
depends on their layout but the fields that are set below.
"""
import ctypes
import json
import pathlib
import sys
from ctypes import c_bool, c_char_p, c_float, c_int, c_int32, c_void_p

libraries, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
names = ["libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so"]
_, ggml, llama = [ctypes.CDLL(str(libraries / name), mode=ctypes.RTLD_GLOBAL) for name in names]


class Struct(ctypes.Structure):
    """Room for any struct of llama.h: those of more than 16 bytes are passed in memory, so it may be larger."""

    _fields_ = [("words", c_int32 * 128)]


said = []
Log = ctypes.CFUNCTYPE(None, c_int, c_char_p, c_void_p)
log = Log(lambda level, text, _: said.append(text.decode(errors="replace")))
llama.llama_log_set(log, None)
llama.llama_backend_init()
ggml.ggml_backend_load_all_from_path(str(libraries).encode())

llama.llama_model_default_params.restype = Struct
llama.llama_context_default_params.restype = Struct
llama.llama_model_load_from_file.argtypes, llama.llama_model_load_from_file.restype = [c_char_p, Struct], c_void_p
llama.llama_init_from_model.argtypes, llama.llama_init_from_model.restype = [c_void_p, Struct], c_void_p
llama.llama_model_get_vocab.argtypes, llama.llama_model_get_vocab.restype = [c_void_p], c_void_p
llama.llama_vocab_n_tokens.argtypes = [c_void_p]
llama.llama_vocab_eos.argtypes = [c_void_p]
llama.llama_tokenize.argtypes = [c_void_p, c_char_p, c_int32, ctypes.POINTER(c_int32), c_int32, c_bool, c_bool]
llama.llama_token_to_piece.argtypes = [c_void_p, c_int32, c_char_p, c_int32, c_int32, c_bool]
llama.llama_batch_get_one.argtypes, llama.llama_batch_get_one.restype = [ctypes.POINTER(c_int32), c_int32], Struct
llama.llama_decode.argtypes = [c_void_p, Struct]
llama.llama_get_logits_ith.argtypes, llama.llama_get_logits_ith.restype = [c_void_p, c_int32], ctypes.POINTER(c_float)
llama.llama_set_n_threads.argtypes = [c_void_p, c_int32, c_int32]
llama.llama_free.argtypes = llama.llama_model_free.argtypes = [c_void_p]

F16, F32, OFF, AUTO = 1, 0, 0, -1


def context_params():
    """The defaults, with the model's own context, and keys and values kept as F32, not F16."""
    p = llama.llama_context_default_params()
    words = p.words
    words[0] = 0  # n_ctx
    enums = [i for i in range(4, 16) if words[i] == AUTO]  # rope_scaling_type, pooling_type, attention_type, flash_attn_type
    assert len(enums) == 4, f"llama_context_params has another layout: {list(words[:40])}"
    words[enums[-1]] = OFF
    cache = [i for i in range(16, 40) if words[i] == words[i + 1] == F16]  # type_k, type_v
    assert len(cache) == 1, f"llama_context_params has another layout: {list(words[:40])}"
    words[cache[0]] = words[cache[0] + 1] = F32
    return p


def answer(path, prompt):
    said.clear()
    model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
    assert model, f"{path}: " + "".join(said)
    context = llama.llama_init_from_model(model, context_params())
    assert context, f"{path}: " + "".join(said)
    llama.llama_set_n_threads(context, 1, 1)  # models are small, and threads that wait for each other spin
    vocab = llama.llama_model_get_vocab(model)
    text = prompt.encode()
    room = (c_int32 * (4 * len(text) + 8))()
    n = llama.llama_tokenize(vocab, text, len(text), room, len(room), True, True)
    assert n > 0, f"{path}: {prompt!r} becomes {n} tokens"
    vocabulary = llama.llama_vocab_n_tokens(vocab)

    def step(token):
        one = (c_int32 * 1)(token)
        assert llama.llama_decode(context, llama.llama_batch_get_one(one, 1)) == 0, "".join(said)
        return llama.llama_get_logits_ith(context, -1)[:vocabulary]

    ids, logits, written, piece = list(room[:n]), [], [], b""
    for token in ids:
        logits.append(step(token))
    last = logits[-1]
    for _ in range(count):
        token = max(range(vocabulary), key=last.__getitem__)
        written.append(token)
        buffer = ctypes.create_string_buffer(64)
        n = llama.llama_token_to_piece(vocab, token, buffer, 64, 0, True)
        piece += buffer.raw[:n]
        last = step(token)
    eos = llama.llama_vocab_eos(vocab)
    llama.llama_free(context)
    llama.llama_model_free(model)
    return {"ids": ids, "logits": sum(logits, []), "written": written, "text": piece.decode(errors="replace"), "end": eos}


print(json.dumps([answer(*pair) for pair in json.loads(sys.argv[3])]))
