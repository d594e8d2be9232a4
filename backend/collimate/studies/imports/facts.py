"""What an import says of an image, as far as it is written into the object or kept beside it."""

from typing import Any

from collimate.studies.imports.label_table import KnownImage


def picture_keys(name: str) -> dict[str, Any]:
    """Facts of an object (`dicom.new_object.Facts`) that a plain picture becomes."""
    return {"patient_id": name, "study_key": name, "modality": "CR"}


def object_facts(
    keys: dict[str, Any], known: KnownImage | None, modality: str | None, body_part: str | None
) -> dict[str, Any]:
    """The same, with what is known; `keys` follow from the file alone."""
    given = {
        "patient_id": known.patient if known else None,
        "modality": modality,
        "body_part": body_part,
        "site": known.site if known else None,
        "sex": known.sex if known else None,
        "age_years": known.age_years if known else None,
    }
    return keys | {key: value for key, value in given.items() if value is not None}


def study_facts(known: KnownImage | None, *, hide_labels: bool) -> dict[str, Any]:
    """What is kept beside the study; labels are its hidden answer key."""
    if known is None:
        return {}
    facts = {
        "site": known.site,
        "sex": known.sex,
        "age_years": known.age_years,
        "is_holdout": known.is_holdout,
        "label_keys": list(known.label_keys) if hide_labels else None,
    }
    return {key: value for key, value in facts.items() if value is not None}
