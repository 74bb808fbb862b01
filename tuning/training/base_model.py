"""The model that is trained, its tokenizer, and a prompt as it reads it. Trains nothing.

Needs the extra `tuning`.
"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import torch
from peft import PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from tuning.examples_for_training import ChatMessage


def open_base(base: str | Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model (a hub's name, a folder, a .gguf file) and its tokenizer.

    A GGUF file is read back to full weights. Half precision (bfloat16) on a GPU, single precision
    where there is none.
    """
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    path, extra = str(base), {}
    if path.endswith(".gguf"):
        path, extra = str(Path(path).parent), {"gguf_file": Path(path).name}
    model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, **extra)
    if extra:  # its weights were read back to full ones, but it is still called quantized
        model.is_quantized, model.hf_quantizer = False, None
        del model.config.quantization_config
    return model, AutoTokenizer.from_pretrained(path, **extra)


def open_adapter(model: PreTrainedModel, adapter: Path, *, is_trainable: bool = False) -> PeftModel:
    """The model with the adapter in a folder on it."""
    return PeftModel.from_pretrained(model, str(adapter), is_trainable=is_trainable)


def render(messages: Iterable[ChatMessage], tokenizer: PreTrainedTokenizerBase) -> str:
    """The prompt up to where the answer begins, as the chat template writes it."""
    said = [asdict(message) for message in messages]
    rendered: str = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
    return rendered
