"""Whether a model can be had at all, asked first: the loading libraries try an unreachable hub for minutes."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import ModelUnavailable

WAIT = 10.0
"""Seconds for one answer of the hub."""


def check_available(name: str) -> None:
    """Return when `name` is a folder, is downloaded already, or is known to the hub; else ModelUnavailable with the reason."""
    if Path(name).is_dir():
        return
    import huggingface_hub as hub
    from huggingface_hub.constants import ENDPOINT
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    transport: type[Exception] = HfHubHTTPError.__mro__[1]  # of whichever HTTP library the hub's client uses
    try:
        if isinstance(hub.try_to_load_from_cache(name, "config.json"), str):
            return
        hub.model_info(name, timeout=WAIT)
    except HFValidationError:
        raise ModelUnavailable("没有这个文件夹，也不像模型站上的名字（形如 BAAI/bge-m3）") from None
    except RepositoryNotFoundError:
        raise ModelUnavailable(f"模型站 {ENDPOINT} 上没有它，或者要登录才能下载") from None
    except OfflineModeIsEnabled:
        raise ModelUnavailable("设了离线（HF_HUB_OFFLINE），本机又没有下载过它") from None
    except (transport, OSError) as error:
        raise ModelUnavailable(f"连不上模型站 {ENDPOINT}（{type(error).__name__}）") from error
