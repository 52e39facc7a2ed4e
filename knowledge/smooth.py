"""Makes a model fit for eight bits: outliers of what flows through it are moved into its weights, where they cost nothing.

SmoothQuant (Xiao et al. 2023, arXiv:2211.10438). Eight bits for all numbers that enter a layer leave few steps for the many
small ones where a few channels are a hundred times larger. Dividing each channel by a factor and multiplying the weights of
that channel by it changes nothing of the result, and evens both out.
"""

from __future__ import annotations

from typing import Any

from knowledge.everyday import PASSAGES, QUESTIONS

STRENGTH = 0.65
"""How much of the outliers goes into the weights, 0..1. Mean cosine to full precision, questions and passages of the handbook:
.984 / .981 without; .989 / .988 at .5; .997 / .993 at .65; .998 / .986 at .8."""
SMALLEST = 1e-5


def smooth(model: Any, query: str, passage: str) -> None:
    """Smooth every linear layer of a sentence-transformers model, by what everyday sentences send through it.

    `query` and `passage` are the prefixes that the model expects. A layer that none of them reaches stays as it is.
    """
    import torch

    largest = _largest_inputs(model, query, passage)
    for name, layer in [(n, m) for n, m in model.named_modules() if isinstance(m, torch.nn.Linear) and n in largest]:
        weights = layer.weight.abs().amax(0).clamp(min=SMALLEST)
        factors = (largest[name].clamp(min=SMALLEST) ** STRENGTH / weights ** (1 - STRENGTH)).clamp(min=SMALLEST)
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, _smoothed(layer, factors))


def _largest_inputs(model: Any, query: str, passage: str) -> dict[str, Any]:
    """For each linear layer the largest absolute value that enters each of its channels."""
    import torch

    largest: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def hook(_layer: Any, inputs: Any) -> None:
            found = inputs[0].detach().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], found) if name in largest else found

        return hook

    linear = [(name, layer) for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in linear]
    texts = [
        prefix + text for prefix, every in ((query, QUESTIONS), (passage, PASSAGES)) for one in every.values() for text in one
    ]
    with torch.inference_mode():
        model.encode(texts, prompt="", show_progress_bar=False)
    for hook in hooks:
        hook.remove()
    return largest


def _smoothed(layer: Any, factors: Any) -> Any:
    import torch

    class Smoothed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layer.weight = torch.nn.Parameter(layer.weight * factors, requires_grad=False)
            self.layer = layer
            self.register_buffer("inverse", 1 / factors)

        def forward(self, inputs: Any) -> Any:
            return self.layer(inputs * self.inverse)

    return Smoothed()
