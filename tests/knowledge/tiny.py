"""Tiny random models, saved the way real ones are, for tests of what is made of a model that somebody names."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz停留低怎么办在线掉了发票给谁开场主播数据退货运费"


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    tokenizer = Tokenizer(models.WordLevel({piece: n for n, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **special)


def _config(**more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(LETTERS) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64, **more,
    )  # fmt: skip


def sentence_model(folder: Path) -> Path:
    """A sentence-transformers model of two small layers."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertModel

    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        BertModel(_config()).save_pretrained(folder / "plain")
        _tokenizer().save_pretrained(folder / "plain")
        modules = [Transformer(str(folder / "plain"), max_seq_length=64), Pooling(32), Normalize()]
        SentenceTransformer(modules=modules, prompts={"query": "q", "document": "p"}, device="cpu").save(str(folder / "model"))
    return folder / "model"


def cross_encoder(folder: Path) -> Path:
    """A cross-encoder with one score, of two small layers."""
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        BertForSequenceClassification(_config(num_labels=1)).save_pretrained(folder)
        _tokenizer().save_pretrained(folder)
    return folder
