"""What the name of a volume says about it, where it is named as BIDS asks.

Source: Brain Imaging Data Structure 1.10, "Filenames".
"""

import re
from typing import Any

_BIDS = re.compile(r"(sub-[a-zA-Z0-9]+)(?:_(ses-[a-zA-Z0-9]+))?_(?:[a-zA-Z0-9-]+_)*([a-zA-Z0-9]+)")
_MODALITIES = {"ct": "CT", "pet": "PT"}
_MR = frozenset({
    "T1w", "T2w", "T2star", "T2starw", "FLAIR", "PDw", "PDT2", "inplaneT1", "inplaneT2",
    "UNIT1", "angio", "bold", "cbv", "sbref", "dwi", "asl", "m0scan", "phasediff", "phase1",
    "phase2", "magnitude", "magnitude1", "magnitude2", "fieldmap", "epi", "T1map", "T2map",
    "T2starmap", "R1map", "R2map", "R2starmap", "MTsat", "swi", "minIP",
})  # fmt: skip


def volume_facts(name: str, sha256: str) -> dict[str, Any]:
    """Patient, study, series and modality of a volume, as keys of `dicom.new_object.Facts`.

    A volume that is not named so is a patient of its own: equal names in two folders must never
    make one patient of two.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = re.sub(r"\.nii(\.gz)?$", "", last, flags=re.IGNORECASE)
    found = _BIDS.fullmatch(stem)
    if found is None:
        own = f"{name}:{sha256}"
        return {"patient_id": own, "study_key": own, "series_key": stem}
    subject, session, suffix = found.groups()
    facts = {
        "patient_id": subject,
        "study_key": f"{subject} {session or ''}".strip(),
        "series_key": stem,
    }
    modality = "MR" if suffix in _MR else _MODALITIES.get(suffix.lower())
    return {**facts, "modality": modality} if modality else facts
