"""Class-balanced logistic regression, as heads need it: many small fits in a row.

The objective and its solver are those of scikit-learn's `LogisticRegression` with
`class_weight="balanced"` (the mean loss of equally weighed classes, plus half the squared
coefficients over `strength` times the number of items, by L-BFGS), and so is the optimum. What a
fit of a few hundred items costs there is mostly looking at its arguments.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64, Int

Cost = Callable[[np.ndarray], tuple[float, np.ndarray]]

TOLERANCE = 1e-3
MOST_STEPS = 300


def balanced_logistic(
    z: Float64[np.ndarray, "items width"],
    labels: Int[np.ndarray, " items"],
    strength: float,
    *,
    tolerance: float = TOLERANCE,
    most_steps: int = MOST_STEPS,
) -> tuple[Float64[np.ndarray, "rows width"], Float64[np.ndarray, " rows"]]:
    """Coefficients and intercepts of the classes that occur, in their order.

    Two classes have one row: how much speaks for the second. More have a row each (softmax).
    `labels` hold at least two classes; the larger `strength`, the weaker the penalty.
    It stops where no slope of the mean loss is above `tolerance`.
    """
    from scipy.optimize import minimize

    own = np.unique(labels, return_inverse=True)[1]
    counts = np.bincount(own)
    weights = (1 / (len(counts) * counts))[own]
    penalty = 1 / (strength * len(z))
    if len(counts) == 2:
        rows, cost = 1, _of_two(z, own.astype(np.float64), weights, penalty)
    else:
        rows, cost = len(counts), _of_several(z, own, weights, penalty)
    found = minimize(
        cost,
        np.zeros(rows * (z.shape[1] + 1)),
        method="L-BFGS-B",
        jac=True,
        options={
            "maxiter": most_steps, "maxls": 50, "gtol": tolerance,
            "ftol": 64 * np.finfo(np.float64).eps,
        },
    ).x.reshape(rows, -1)  # fmt: skip
    return found[:, :-1], found[:, -1]


def _of_two(z: np.ndarray, is_second: np.ndarray, weights: np.ndarray, penalty: float) -> Cost:
    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        coef = flat[:-1]
        logits = z @ coef + flat[-1]
        loss = weights @ (np.logaddexp(0, logits) - is_second * logits)
        # where exp overflows the probability is 0, as it should be
        with np.errstate(over="ignore"):
            errors = weights * (1 / (1 + np.exp(-logits)) - is_second)
        slope = np.append(errors @ z + penalty * coef, errors.sum())
        return loss + 0.5 * penalty * (coef @ coef), slope

    return cost


def _of_several(z: np.ndarray, own: np.ndarray, weights: np.ndarray, penalty: float) -> Cost:
    items, classes = np.arange(len(z)), int(own.max()) + 1
    is_own = np.eye(classes)[own]

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(classes, -1)
        coef = table[:, :-1]
        logits = z @ coef.T + table[:, -1]
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        sums = odds.sum(axis=1, keepdims=True)
        loss = weights @ (np.log(sums[:, 0]) - logits[items, own])
        errors = weights[:, None] * (odds / sums - is_own)
        slope = np.column_stack([errors.T @ z + penalty * coef, errors.sum(axis=0)])
        return loss + 0.5 * penalty * (coef * coef).sum(), slope.ravel()

    return cost
