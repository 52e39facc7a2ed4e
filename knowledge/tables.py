"""Large embedding tables, kept out of the way while a model is exported and quantised.

A vocabulary of 250,000 pieces is four fifths of a small model; exporter and quantiser copy every weight several times. The
table is written to a file, a few rows stand in for it, and what the quantiser makes of those is then done to all rows,
a slice at a time: the graph comes out byte for byte as if it had been there all along.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

LARGE = 4_000_000
"""Weights from which on a table is taken out: 16 MB."""
ROWS = 1024
"""Rows of the stand-in; tracing uses ids below this."""
SLICE = 4096


def take_out(modules: Any, folder: Path) -> dict[str, Path]:
    """Replace the large embeddings of a torch module by stand-ins; gives parameter name -> file with the whole table.

    The last row of a stand-in holds the extremes of the table, so that both are quantised with the same scale.
    """
    import torch

    taken: dict[str, Path] = {}
    for name, module in modules.named_modules():
        if not isinstance(module, torch.nn.Embedding) or module.weight.numel() < LARGE:
            continue
        table = module.weight.detach().numpy()
        taken[f"{name}.weight"] = path = folder / f"table{len(taken)}.npy"
        np.save(path, table)
        few = table[:ROWS].copy()
        few[-1, :2] = table.min(), table.max()
        module.weight = torch.nn.Parameter(torch.from_numpy(few), requires_grad=False)
    return taken


def put_back(graph: Path, tables: dict[str, Path]) -> None:
    """Write the whole tables into the quantised graph, with the scale that the stand-ins were given."""
    import onnx
    from onnx.numpy_helper import from_array, to_array

    if not tables:
        return
    model = onnx.load(str(graph))
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, source in tables.items():
        scale, zero = (to_array(stored[f"{name}_{part}"]) for part in ("scale", "zero_point"))
        quantised = _quantised(np.load(source, mmap_mode="r"), scale.reshape(-1)[0], zero.reshape(-1)[0])
        stored[f"{name}_quantized"].CopyFrom(from_array(quantised, f"{name}_quantized"))
    onnx.save(model, str(graph))


def _quantised(table: Any, scale: Any, zero: Any) -> Any:
    """All rows as integers of the zero point's type."""
    out = np.empty(table.shape, zero.dtype)
    limits = np.iinfo(zero.dtype)
    for at in range(0, len(table), SLICE):
        rounded = np.rint(table[at : at + SLICE] / scale) + np.float32(zero)
        out[at : at + SLICE] = np.clip(rounded, limits.min, limits.max)
    return out
