"""Deal labelled items into folds that keep class shares and never split a patient."""

import numpy as np
from jaxtyping import Int, Shaped


def stratified_folds(
    labels: Int[np.ndarray, " items"],
    patients: Shaped[np.ndarray, " items"],
    *,
    folds: int,
    seed: int,
) -> Int[np.ndarray, " items"]:
    """Return the fold index of every item; patients with rare classes are dealt first.

    A patient goes to the fold that holds fewest of that patient's rarest class, then fewest
    items. Cost: O(patients x folds).
    """
    rng = np.random.default_rng(seed)
    class_counts = np.bincount(labels)
    _, patient_of = np.unique(patients, return_inverse=True)
    patient_count = int(patient_of.max(initial=-1)) + 1
    members: list[list[int]] = [[] for _ in range(patient_count)]
    for item, patient in enumerate(patient_of):
        members[int(patient)].append(item)
    rarest = [min(labels[items], key=lambda label: class_counts[label]) for items in members]
    shuffled = rng.permutation(patient_count)
    order = sorted(shuffled, key=lambda patient: class_counts[rarest[patient]])
    held = np.zeros((folds, len(class_counts)), dtype=np.int64)
    fold_of = np.zeros(len(labels), dtype=np.int64)
    for patient in order:
        fold = min(range(folds), key=lambda f: (held[f, rarest[patient]], held[f].sum()))
        fold_of[members[patient]] = fold
        np.add.at(held[fold], labels[members[patient]], 1)
    return fold_of
