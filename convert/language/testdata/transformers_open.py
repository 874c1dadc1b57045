"""Opens folders with transformers and prints, as JSON, what it makes of a prompt. "halves" are logits of a GPT-2 whose GELU is
rounded as llama.cpp's is, which looks it up in a table: what it takes and what it gives are halves (ggml-cpu/vec.h).

    python transformers_open.py TOKENS '[["folder", "prompt"], ...]'
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


class Halves(torch.nn.Module):
    def __init__(self, exact):
        super().__init__()
        self.exact = exact

    def forward(self, x):
        return self.exact(x.half().float()).half().float()


def answer(folder, prompt):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not any(report.values()), report
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt").input_ids
    with torch.no_grad():
        logits = model.eval()(ids).logits
        all_seen = torch.ones_like(ids)  # and no token that stands for none
        written = model.generate(ids, attention_mask=all_seen, max_new_tokens=int(sys.argv[1]), do_sample=False)[0, ids.shape[1]:]
        halves = torch.empty(0)
        if model.config.model_type == "gpt2":
            for block in model.transformer.h:
                block.mlp.act = Halves(block.mlp.act)
            halves = model(ids).logits
    return {
        "ids": ids[0].tolist(), "logits": logits.flatten().tolist(), "halves": halves.flatten().tolist(), "written": written.tolist(),
        "text": tokenizer.decode(written, clean_up_tokenization_spaces=False), "end": -1,
    }


print(json.dumps([answer(*pair) for pair in json.loads(sys.argv[2])]))
