"""A cross-encoder in a GGUF file, made by hand: what says `tuesday` more often is better."""

from pathlib import Path

import gguf
import numpy as np

_WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁tuesday", "▁we", "▁deploy", "▁when", "▁sea")
_WIDTH, _CONTEXT = 32, 512


def write_reranker(path: Path) -> None:
    """Write it: one layer of BERT that attends to all tokens alike, and a head that ranks."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_feed_forward_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_head_count(1)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.RANK)
    writer.add_tokenizer_model("bert")
    writer.add_token_list(_WORDS)
    writer.add_token_types([gguf.TokenType.CONTROL] * 4 + [gguf.TokenType.NORMAL] * 5)
    writer.add_token_type_count(2)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_eos_token_id(3)
    writer.add_pad_token_id(0)
    for name, values in _tensors().items():
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors() -> dict[str, np.ndarray]:
    zero, one, none = np.zeros((_WIDTH, _WIDTH)), np.eye(_WIDTH), np.zeros(_WIDTH)
    words = np.zeros((len(_WORDS), _WIDTH))
    words[range(len(_WORDS)), range(len(_WORDS))] = 1.0  # each word has a dimension of its own
    head = np.zeros((1, _WIDTH))
    head[0, _WORDS.index("▁tuesday")] = 1.0
    found = {
        "token_embd.weight": words,
        "token_types.weight": np.zeros((2, _WIDTH)),
        "position_embd.weight": np.zeros((_CONTEXT, _WIDTH)),
        "token_embd_norm.weight": none + 1,
        "token_embd_norm.bias": none,
        "cls.weight": one,
        "cls.bias": none,
        "cls.output.weight": head,
        "cls.output.bias": np.zeros(1),
    }
    for part, weight in {
        "attn_q": zero,
        "attn_k": zero,
        "attn_v": one,
        "attn_output": one,
        "ffn_up": zero,
        "ffn_down": zero,
    }.items():
        found |= {f"blk.0.{part}.weight": weight, f"blk.0.{part}.bias": none}
    for norm in ("attn_output_norm", "layer_output_norm"):
        found |= {f"blk.0.{norm}.weight": none + 1, f"blk.0.{norm}.bias": none}
    return found
