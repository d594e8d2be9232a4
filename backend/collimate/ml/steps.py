"""The loop that every training runs: steps within a budget, checkpoints, and no step lost."""

from collections.abc import Callable

import numpy as np
from torch import Tensor

from collimate.ml import ranks
from collimate.ml.checkpoints import Training, save_checkpoint
from collimate.ml.training import STEPS_BETWEEN_CHECKPOINTS, Budget, TrainingDiverged, Watch

STEPS_BETWEEN_LOOKS = 10
"""On a GPU: asking for a loss waits for all that was sent there."""
GO_ON, STOP, FINISHED = range(3)

Step = Callable[[int], Tensor]
"""From the number of items at once to the loss; repeated with fewer where memory runs out."""


def take_steps(
    training: Training, step: Step, budget: Budget, watch: Watch, *, most: int | None = None
) -> bool:
    """Take steps until the budget is used (or `most` were taken); False where somebody asked to
    stop. A checkpoint is left in both cases.

    Raises: TrainingDiverged; MemoryTooSmall.
    """
    loss: Tensor | None = None
    while (next_up := ranks.told(_decided(training, budget, watch, most))) == GO_ON:
        # ranks shrink together: whoever started them starts them again with fewer
        alone = ranks.count() == 1
        loss = training.batch.that_fits(step) if alone else step(training.batch.now)
        training.step += 1
        training.seconds = budget.elapsed()
        if loss.device.type == "cpu" or training.step % STEPS_BETWEEN_LOOKS == 0:
            _look(training, loss)
        if ranks.own() == 0:
            watch.on_progress(budget.fraction(training.step), _words(training))
        if training.step % STEPS_BETWEEN_CHECKPOINTS == 0:
            _look(training, loss)
            _keep(training, watch)
    if loss is not None:
        _look(training, loss)
    _keep(training, watch)
    return next_up == FINISHED


def _decided(training: Training, budget: Budget, watch: Watch, most: int | None) -> int:
    if budget.fraction(training.step) >= 1.0 or (most is not None and training.step >= most):
        return FINISHED
    return STOP if watch.should_stop() else GO_ON


def _look(training: Training, loss: Tensor) -> None:
    training.loss = float(loss.detach())
    if not np.isfinite(training.loss):
        raise TrainingDiverged("The loss is no longer a finite number.")


def _keep(training: Training, watch: Watch) -> None:
    if ranks.own() == 0:
        save_checkpoint(training, watch.checkpoint)


def _words(training: Training) -> str:
    words = f"Step {training.step}"
    if training.batch.is_lowered:
        words += f", {training.batch.now} images at once because memory is short"
    return words
