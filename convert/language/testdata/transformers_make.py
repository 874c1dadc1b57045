"""Has transformers make small models with a random start, byte pairs of their own and a special token, and save them to folders.

    python transformers_make.py TEXT '{"folder": {"model_type": ...}, ...}'
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

pairs = Tokenizer(models.BPE())
pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
pairs.decoder = decoders.ByteLevel()
pairs.train_from_iterator([sys.argv[1]], trainers.BpeTrainer(
    vocab_size=280, min_frequency=2, show_progress=False, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
torch.manual_seed(1)
for folder, config in json.loads(sys.argv[2]).items():
    config = AutoConfig.for_model(**config, vocab_size=pairs.get_vocab_size(), bos_token_id=None, eos_token_id=None)
    model = AutoModelForCausalLM.from_config(config).eval()
    for p in model.parameters():
        torch.nn.init.normal_(p, 0, 0.1)
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=pairs).save_pretrained(folder)
