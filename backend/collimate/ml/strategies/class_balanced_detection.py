"""Ask for images with doubtful boxes, evenly over classes, and not for the same scene twice."""

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.features import unit
from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.parts import Boxes
from collimate.ml.strategies.pool import PoolUnusable, PoolView

BOXES_PER_IMAGE = 5
CANDIDATES_PER_PICK = 8


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Give each class in turn the doubtful image whose boxes look least like those asked for.

    An image's score in a class is the sum of the entropies of its five most doubtful boxes of
    that class. Classes with few labels come first and more often: the weight is the square root
    of the mean count over the count. Likeness is the best match among boxes of the same class.
    MaxHerding serves without boxes. Cost: O(boxes x classes + candidates x k x width). Source:
    Yang et al., "Plug and play active learning for object detection" (PPAL), CVPR 2024, arXiv
    2211.11612, after its idea.
    """
    if pool.boxes is None or len(pool.boxes.items) == 0:
        return select_by_max_herding(pool, k, rng)
    table = image_scores(pool.boxes, len(pool)) * pool.thrift[:, None]
    turns = _turns(pool, table.shape[1], k)
    alike = np.zeros(len(pool))
    members = _boxes_of(pool.boxes)
    pickable = pool.pickable
    chance = rng.random(len(pool))
    picks: list[int] = []
    for turn in turns:
        if not pickable.any():
            break
        worth = np.where(pickable, table[:, turn] * (1.0 - alike), -np.inf)
        if worth.max() <= 0:
            worth = np.where(pickable, table.sum(axis=1) * (1.0 - alike), -np.inf)
        chosen = int(np.lexsort((chance, worth))[-1])
        picks.append(chosen)
        pickable &= ~pool.same_patient(chosen)
        top = np.argsort(-worth, kind="stable")[: CANDIDATES_PER_PICK * k]
        for item in top[pickable[top]]:
            alike[item] = max(alike[item], likeness(pool.boxes, members, chosen, int(item)))
    return np.array(picks, dtype=np.int64)


def image_scores(boxes: Boxes, item_count: int) -> Float64[np.ndarray, "items classes"]:
    """Return, per image and class, the summed binary entropies of its most doubtful boxes; a box
    belongs to its likeliest class.

    Raises: PoolUnusable where a probability is not finite.
    """
    p = np.asarray(boxes.probabilities, np.float64)
    if not np.isfinite(p).all() or not np.isfinite(boxes.features).all():
        raise PoolUnusable("A box holds a value that is not a finite number.")
    label = p.argmax(axis=1)
    q = np.clip(p[np.arange(len(p)), label], 1e-12, 1 - 1e-12)
    doubt = -(q * np.log(q) + (1 - q) * np.log(1 - q))
    table = np.zeros((item_count, p.shape[1]))
    taken = np.zeros((item_count, p.shape[1]), dtype=np.int64)
    for box in np.argsort(-doubt, kind="stable"):
        place = boxes.items[box], label[box]
        if taken[place] < BOXES_PER_IMAGE:
            table[place] += doubt[box]
            taken[place] += 1
    return table


def likeness(boxes: Boxes, members: dict[int, np.ndarray], one: int, other: int) -> float:
    """Return how alike two images are: the mean, over the boxes of both, of the best cosine to a
    box of the same class in the other image; 0 where there is none.
    """
    here, there = members.get(one), members.get(other)
    if here is None or there is None:
        return 0.0
    label = np.asarray(boxes.probabilities).argmax(axis=1)
    cosine = unit(boxes.features[here]) @ unit(boxes.features[there]).T
    cosine = np.where(label[here][:, None] == label[there][None, :], cosine, 0.0).clip(0.0, 1.0)
    return float(np.concatenate([cosine.max(axis=1), cosine.max(axis=0)]).mean())


def _boxes_of(boxes: Boxes) -> dict[int, np.ndarray]:
    order = np.argsort(boxes.items, kind="stable")
    items, starts = np.unique(boxes.items[order], return_index=True)
    return dict(zip(items.tolist(), np.split(order, starts[1:]), strict=True))


def _turns(pool: PoolView, class_count: int, k: int) -> Int[np.ndarray, " picks"]:
    """Deal k turns to the classes in proportion to their need, the neediest first."""
    counts = pool.class_counts
    if counts is None or len(counts) != class_count:
        counts = np.zeros(class_count)
    need = np.sqrt((counts.mean() + 1.0) / (counts + 1.0))
    given = np.zeros(class_count)
    turns = []
    for _ in range(k):
        turn = int((need / (given + 1.0)).argmax())
        given[turn] += 1
        turns.append(turn)
    return np.array(turns, dtype=np.int64)
