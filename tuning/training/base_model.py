"""Open a base model with its tokenizer or an adapter, and render prompts for it.

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
    """Open a model (name on the hub, folder or .gguf file) and its tokenizer.

    A GGUF file is dequantized to full weights. bfloat16 on a GPU, single precision on a CPU.
    """
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    path, extra = str(base), {}
    if path.endswith(".gguf"):
        path, extra = str(Path(path).parent), {"gguf_file": Path(path).name}
    model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, **extra)
    if extra:  # dequantized now, but still marked as quantized
        model.is_quantized, model.hf_quantizer = False, None
        del model.config.quantization_config
    return model, AutoTokenizer.from_pretrained(path, **extra)


def open_adapter(model: PreTrainedModel, adapter: Path, *, is_trainable: bool = False) -> PeftModel:
    """Put the adapter in a folder on the model."""
    return PeftModel.from_pretrained(model, str(adapter), is_trainable=is_trainable)


def render(messages: Iterable[ChatMessage], tokenizer: PreTrainedTokenizerBase) -> str:
    """Return the prompt up to where the answer begins, by the model's chat template."""
    said = [asdict(message) for message in messages]
    rendered: str = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
    return rendered
