"""Opens folders with transformers and prints, as JSON, what it makes of a prompt.

    python transformers_open.py TOKENS '[["folder", "prompt"], ...]'
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def answer(folder, prompt):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not any(report.values()), report
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt").input_ids
    with torch.no_grad():
        logits = model.eval()(ids).logits
        all_seen = torch.ones_like(ids)  # and no token that stands for none
        written = model.generate(ids, attention_mask=all_seen, max_new_tokens=int(sys.argv[1]), do_sample=False)[0, ids.shape[1]:]
    return {
        "ids": ids[0].tolist(), "logits": logits.flatten().tolist(), "written": written.tolist(),
        "text": tokenizer.decode(written, clean_up_tokenization_spaces=False), "end": -1,
    }


print(json.dumps([answer(*pair) for pair in json.loads(sys.argv[2])]))
