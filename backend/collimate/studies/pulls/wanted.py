"""Which studies of another server are wanted, whatever protocol it speaks."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Wanted:
    """Which studies; texts may hold the wildcards * and ? (PS3.4 C.2.2.2.4)."""

    modality: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    accession_number: str | None = None
    study_description: str | None = None
    limit: int = 100

    def asked(self) -> dict[str, str]:
        """What is asked for, by keyword."""
        named = {
            "ModalitiesInStudy": self.modality,
            "StudyDate": self._dates(),
            "PatientID": self.patient_id,
            "PatientName": self.patient_name,
            "AccessionNumber": self.accession_number,
            "StudyDescription": self.study_description,
        }
        return {name: value for name, value in named.items() if value}

    def _dates(self) -> str | None:
        """A range (PS3.4 C.2.2.2.5); an open end stays empty."""
        if self.date_from is None and self.date_to is None:
            return None
        ends = [date.fromisoformat(one).strftime("%Y%m%d") if one else ""
                for one in (self.date_from, self.date_to)]  # fmt: skip
        return ends[0] if ends[0] == ends[1] else "-".join(ends)
