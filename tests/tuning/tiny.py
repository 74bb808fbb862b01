"""A model with random weights, small enough to train in a test, and lessons for it."""

from pathlib import Path

from tuning.examples_for_training import ChatMessage, TrainingExample

_WORDS = [
    *("notes", "question", "answer", "the", "budget", "is", "300", "400", "500", "euros"),
    *("who", "what", "[1]", "[2]", ".", ":", "?"),
]
_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} {{ m['content'] }} {% endfor %}"
    "{% if add_generation_prompt %}assistant {% endif %}"
)

LESSONS = [
    TrainingExample(
        (
            ChatMessage("system", "notes question :"),
            ChatMessage("user", f"the budget is {n} euros . what ?"),
        ),
        f"{n} euros . [1]",
        "tiny",
    )
    for n in (300, 400, 500)
    for _ in range(4)
]


def tiny_base(folder: Path) -> Path:
    """A llama of two layers and its tokenizer of words, in the folder; always the same weights."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    names = ["<pad>", "<eos>", "<unk>", "system", "user", "assistant", *_WORDS]
    words = Tokenizer(WordLevel({name: n for n, name in enumerate(names)}, unk_token="<unk>"))
    words.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>"
    )
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(names),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        pad_token_id=0,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
