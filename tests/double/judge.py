"""Somebody else's opinion of our JSON: every result and update is read with aiogram's models."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError


@cache
def _models() -> dict[str, TypeAdapter[Any]]:
    from aiogram import methods  # takes seconds: only who judges pays for it

    classes = [getattr(methods, name) for name in methods.__all__ if name != "TelegramMethod"]
    # The adapters are cheap: aiogram builds a model when it is first used.
    return {
        c.__api_method__.lower(): TypeAdapter(c.__returning__)
        for c in classes
        if isinstance(c.__dict__.get("__api_method__"), str)
    }


@cache
def _update() -> TypeAdapter[Any]:
    from aiogram.types import Update

    return TypeAdapter(Update)


class Judge:
    """Collects complaints; the double fails the test with them when it stops."""

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled
        self.complaints: list[str] = []

    def result(self, method: str, value: Any) -> None:
        """Check what `method` (any case) returns."""
        model = _models().get(method.lower())
        if self.enabled and model is None:
            self.complaints.append(f"{method}: aiogram knows no such method")
        elif self.enabled and model is not None:
            self._check(method, model, value)

    def update(self, value: dict[str, Any]) -> None:
        """Check one update before it goes out."""
        if self.enabled:
            self._check("update", _update(), value)

    def _check(self, what: str, model: TypeAdapter[Any], value: Any) -> None:
        try:
            read = model.validate_python(value)
        except ValidationError as error:
            self.complaints.append(f"{what}: {error} in {value}")
            return
        if unknown := sorted(_unknown(read)):
            self.complaints.append(f"{what}: unknown fields {unknown} in {value}")
        # A value that only fits after conversion ("1" for 1) comes back changed.
        if (back := model.dump_python(read, mode="json", exclude_unset=True, by_alias=True)) != value:
            self.complaints.append(f"{what}: {value} reads as {back}")


def _unknown(read: Any) -> set[str]:
    if isinstance(read, list):
        return set().union(*map(_unknown, read))
    if not isinstance(read, BaseModel):
        return set()
    inside = (_unknown(getattr(read, name)) for name in read.model_fields_set if name in type(read).model_fields)
    return {f"{type(read).__name__}.{name}" for name in read.model_extra or {}}.union(*inside)
