"""Training on several devices at once: what the processes (ranks) of one training tell each other.

Every rank draws the whole batch by the same seed and works on its own share, so that the steps are
those of one process. Without `torchrun` there is one rank and nothing here does anything.
"""

import torch
import torch.distributed as dist
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather, all_reduce
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel


def count() -> int:
    """How many ranks train together."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def own() -> int:
    """The number of this rank; 0 alone writes files and reports."""
    return dist.get_rank() if count() > 1 else 0


def share(size: int) -> slice:
    """This rank's items of a batch, which `whole` made divisible."""
    each = size // count()
    return slice(own() * each, (own() + 1) * each)


def whole(size: int) -> int:
    """The largest batch up to `size` that all ranks share evenly, at least an item each."""
    return max(1, size // count()) * count()


def told(number: int) -> int:
    """What rank 0 says, to all."""
    if count() == 1:
        return number
    device = torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")
    said = torch.tensor(number, device=device)
    dist.broadcast(said, 0)
    return int(said)


def joined(network: nn.Module) -> nn.Module:
    """What to call for a step: its gradients become the mean over all ranks, and batch statistics
    those of the whole batch.
    """
    if count() == 1:
        return network
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.__class__ = _SharedNorm  # type: ignore[assignment]
    return DistributedDataParallel(network, broadcast_buffers=False)


def gathered(views: Float[Tensor, "views width"]) -> Float[Tensor, "all_views width"]:
    """The first and then the second views of all ranks' images; gradients find their way back.

    Every rank computes the whole loss, so that the mean of the ranks' gradients, which `joined`
    takes, is the gradient of one process.
    """
    if count() == 1:
        return views
    parts = [part.chunk(2) for part in all_gather(views.contiguous())]
    return torch.cat([first for first, _ in parts] + [second for _, second in parts])


class _SharedNorm(_BatchNorm):
    """Batch normalisation whose statistics are those of all ranks; put in the place of another."""

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of axes."""

    def forward(self, input: Tensor) -> Tensor:
        """Two passes: the mean of all ranks, then the spread around it."""
        if not self.training:
            return super().forward(input)
        x = input if input.dtype == torch.float64 else input.float()
        axes = [axis for axis in range(x.dim()) if axis != 1]
        shape = [1, -1] + [1] * (x.dim() - 2)
        mean = all_reduce(x.mean(axes)) / count()
        centred = x - mean.view(shape)
        variance = all_reduce(centred.square().mean(axes)) / count()
        self._remember(mean.detach(), variance.detach(), x.numel() // x.shape[1] * count())
        scaled = centred * torch.rsqrt(variance + self.eps).view(shape)
        return (scaled * self.weight.view(shape) + self.bias.view(shape)).to(input.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, items: int) -> None:
        if self.running_mean is None or self.running_var is None or self.momentum is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * items / max(1, items - 1), self.momentum)
