"""What the numbers are computed on, and how they get there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Int, Shaped
from torch import Tensor, nn


class DeviceLost(RuntimeError):
    """The GPU stopped answering; nothing that was on it can be read any more."""


def available_device() -> torch.device:
    """Return this process's CUDA device, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def bfloat16_pays(device: torch.device) -> bool:
    """Whether half precision is both safe and fast there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu._is_avx512_bf16_supported())


def half_precision(device: torch.device) -> torch.autocast:
    """Matrix products and convolutions in bfloat16 meanwhile, where that pays; weights, sums and
    losses stay in single precision, so no loss has to be scaled.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_pays(device))


def half_precision_to_look(device: torch.device) -> torch.autocast:
    """The same where a network only looks: on a GPU; a CPU goes on in single precision."""
    enabled = device.type == "cuda" and bfloat16_pays(device)
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)


Net = TypeVar("Net", bound=nn.Module)


def placed(network: Net, device: torch.device) -> Net:
    """The network on the device; on a GPU with channels last, as its convolutions are fastest."""
    if device.type == "cuda":
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.to(device)


def sent(
    values: Shaped[np.ndarray, "items ..."],
    device: torch.device,
    rows: Int[np.ndarray, " batch"] | None = None,
) -> Tensor:
    """A batch (or these rows of a table) on the device. To a GPU it goes through pinned memory and
    nobody waits for it: the next batch is put together while the GPU computes.
    """
    batch = torch.from_numpy(values if rows is None else values[rows])
    if device.type != "cuda":
        return batch.to(device)
    return batch.pin_memory().to(device, non_blocking=True)


def draws_on(device: torch.device, seed: int) -> torch.Generator:
    """Random numbers where they are needed; other devices draw other ones from the same seed."""
    return torch.Generator(device).manual_seed(seed)


@contextmanager
def threads_of(count: int) -> Iterator[None]:
    """Let torch use so many threads meanwhile, and a GPU choose its quickest convolutions."""
    before, chose = torch.get_num_threads(), torch.backends.cudnn.benchmark
    torch.set_num_threads(count)
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.backends.cudnn.benchmark = chose


LOST = ("cuda error", "cudnn_status", "cublas_status", "nccl", "device-side assert")


def is_device_lost(error: BaseException) -> bool:
    """Whether the GPU itself failed; memory that ran out is not meant."""
    if isinstance(error, torch.OutOfMemoryError):
        return False
    if isinstance(error, DeviceLost | torch.AcceleratorError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(word in text for word in LOST)
