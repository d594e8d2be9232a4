"""Make a new data set by PS3.15 table E.1-1 and an allow-list, under keyed identities.

Every attribute of the table gets the action that the project's options give it; every attribute
outside the table is dropped unless it is on the allow-list (`keep.py`) or is a private one that
the project vouches for. Source: PS3.15 annex E.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collimate.dicom import clean_values, identity, keep
from collimate.dicom.clean_values import Naming
from collimate.dicom.limits import LIMITS
from collimate.dicom.patient import add_marks, add_patient, text
from collimate.dicom.private import kept_private
from collimate.dicom.profile import Profile, ProfileOptions
from collimate.dicom.profile_table import Action, Place, action_for, rows
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.whose import named_in

OWN_METHOD = "Collimate, PS3.15 table E.1-1"
_NO_OPTIONS = ProfileOptions(retain_dates=False, retain_characteristics=False)
_UID_KEYWORDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


@dataclass(frozen=True)
class Cleaned:
    """The new data set (without pixels), who it belongs to, and what was done.

    `actions` counts attributes by action code and keyword, never with a value; attributes that no
    rule touched are not in it.
    """

    dataset: Dataset
    patient_hash: str
    pseudonym: str
    stated_pseudonym: str | None
    actions: dict[str, dict[str, int]]

    @property
    def removed(self) -> list[str]:
        """Names of attributes that are gone or hold something else now, UIDs apart."""
        codes = (Action.REMOVE, Action.EMPTY, Action.DUMMY, Action.CLEAN)
        return sorted({name for code in codes for name in self.actions.get(code, {})})


@dataclass(frozen=True)
class _Here:
    """What holds for the whole file, and how deep in it we are."""

    profile: Profile
    shift_days: int
    naming: Naming
    place: Place
    depth: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, action: Action, name: str) -> None:
        self.counts.setdefault(action, Counter())[name] += 1

    def inside(self, sequence: str) -> "_Here":
        return replace(self, place=self.place.inside(sequence), depth=self.depth + 1)


def deidentify(
    dataset: Dataset, profile: Profile, *, source_sha256: str, pseudonym: str | None = None
) -> Cleaned:
    """Clean a data set; the given one is not changed.

    With `pseudonym` the patient is known by that one; else it follows from Patient ID.

    Raises:
        Rejected: `bad_uid`, or `nested_too_deep`.
    """
    own = {keyword: _own_uid(dataset, keyword, source_sha256) for keyword in _UID_KEYWORDS}
    patient, issuer = named_in(dataset, own["StudyInstanceUID"])
    key = profile.project_key
    is_ours = _is_ours(dataset, key, own["StudyInstanceUID"])
    here = _Here(
        profile=profile,
        shift_days=0 if is_ours else identity.shift_days(key, patient, issuer),
        naming=_naming(dataset, profile.options, is_ours=is_ours),
        place=Place(text(dataset, "SOPClassUID")),
    )
    clean = _clean(dataset, here)
    for keyword, uid in own.items():
        setattr(clean, keyword, identity.remap_uid(key, uid))
    if pseudonym is None:
        pseudonym = patient if is_ours else identity.pseudonym(key, patient, issuer)
    add_patient(clean, dataset, pseudonym, profile.options)
    add_marks(clean, dataset, profile.options, OWN_METHOD)
    return Cleaned(
        dataset=clean,
        patient_hash=identity.patient_hash(profile.instance_key, patient, issuer),
        pseudonym=pseudonym,
        stated_pseudonym=patient if identity.is_pseudonym(patient) else None,
        actions={code: dict(sorted(names.items())) for code, names in here.counts.items()},
    )


def _own_uid(dataset: Dataset, keyword: str, source_sha256: str) -> str:
    """The file's UID, or for a file without one a UID that follows from its bytes."""
    value = text(dataset, keyword)
    if value:
        return identity.check_uid(value)
    return identity.uid_from(identity.keyed(b"", keyword, source_sha256))


def _is_ours(dataset: Dataset, project_key: bytes, study_uid: str) -> bool:
    """True for an image that this project has de-identified before: nothing is shifted twice."""
    return (
        identity.is_own_uid(project_key, study_uid)
        and identity.is_pseudonym(text(dataset, "PatientID"))
        and text(dataset, "PatientIdentityRemoved") == "YES"
    )


def _naming(dataset: Dataset, options: ProfileOptions, *, is_ours: bool) -> Naming:
    retained = {"StationName", "DeviceSerialNumber"} if options.retain_device else set()
    others = keep.NAMING - retained - ({"PatientID"} if is_ours else set())
    return Naming.of(
        [] if is_ours else [text(dataset, keyword) for keyword in keep.PATIENT_NAMES],
        [text(dataset, keyword) for keyword in others],
    )


def _clean(dataset: Dataset, here: _Here) -> Dataset:
    if here.depth > LIMITS.nesting_depth:
        raise Rejected(RejectionCode.nested_too_deep)
    clean = Dataset()
    for tag in sorted(dataset.keys()):
        keyword = "" if tag.is_private else keyword_for_tag(tag)
        action, element = _one(dataset, tag, keyword, here)
        if element is not None:
            clean.add(element)
        if action is not None:
            here.count(action, keyword or f"({tag.group:04X},{tag.element:04X})")
    if "CodeValue" in clean:
        # Code Meaning is free text; the value says the same and the type 1 rule is kept
        clean.CodeMeaning = str(clean.CodeValue)
    return clean


def _one(
    dataset: Dataset, tag: Any, keyword: str, here: _Here
) -> tuple[Action | None, DataElement | None]:
    """What was done to an attribute and what is left of it; no action where no rule spoke."""
    options = here.profile.options
    if tag.is_private:
        element = kept_private(dataset, tag, options.safe_private, here.naming)
        return (Action.REMOVE if element is None else Action.KEEP), element
    row = None if _is_graphics(tag) else rows().get(tag)
    if row is None:
        action = _listed(tag, keyword)
        element = _done(action, dataset, tag, keyword, here)
        if element is None and keyword in keep.LEFT_EMPTY:
            return Action.EMPTY, DataElement(tag, dictionary_VR(tag), None)
        if element is None:
            return Action.REMOVE, None
        return (None if action is Action.KEEP else action), element
    action = action_for(row, options, keyword=keyword, place=here.place)
    element = _done(action, dataset, tag, keyword, here)
    if element is None and action is not Action.REMOVE:
        # nothing of the value could be retained: the profile without options has the last word
        action = action_for(row, _NO_OPTIONS, keyword=keyword, place=here.place)
        element = _done(action, dataset, tag, keyword, here)
    return (Action.REMOVE if element is None else action), element


def _is_graphics(tag: Any) -> bool:
    """Curves and overlays, whatever their attribute."""
    return tag.group & 0xFF00 in (0x5000, 0x6000)


def _listed(tag: Any, keyword: str) -> Action:
    """The action for an attribute outside the table."""
    if _is_graphics(tag):
        return Action.REMOVE
    if keyword in keep.REMAPPED_UIDS:
        return Action.REMAP
    listed = keyword in keep.KEPT or keyword in keep.KEPT_SEQUENCES
    return Action.KEEP if listed else Action.REMOVE


def _done(
    action: Action, dataset: Dataset, tag: Any, keyword: str, here: _Here
) -> DataElement | None:
    """The element after the action, None when there is none left."""
    if action is Action.REMOVE:
        return None
    try:
        element = dataset[tag]
    except MemoryError:
        raise
    except Exception:
        return None  # a value that cannot be read cannot be vouched for
    if element.VR == "SQ":
        items = [] if action is Action.EMPTY else element.value
        inside = here.inside(keyword)
        return DataElement(tag, "SQ", Sequence([_clean(item, inside) for item in items]))
    vr = dictionary_VR(tag) if element.VR == "UN" else element.VR
    if action is Action.EMPTY:
        return DataElement(tag, vr, None)
    if action is Action.DUMMY:
        return clean_values.dummy(tag, vr)
    return clean_values.made(tag, element.VR, _values(action, element, keyword, here))


def _values(action: Action, element: DataElement, keyword: str, here: _Here) -> list[Any]:
    if action is Action.REMAP:
        return list(clean_values.remapped(element, here.profile.project_key))
    if action is Action.CLEAN:
        return clean_values.cleaned(element, here.shift_days, here.naming)
    if keyword in keep.KEPT:
        return clean_values.kept(element, keyword, here.naming)
    return clean_values.kept_by_option(element, here.naming)


def walk_elements(dataset: Dataset) -> Iterator[DataElement]:
    """Every element at every depth."""
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from walk_elements(item)
