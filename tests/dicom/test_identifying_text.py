"""Free text that may say who someone is warns, and plain clinical language does not."""

import pytest

from collimate.dicom.identifying_text import Found, Sign, signs_in


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Seen on 12.03.2024 in the outpatient clinic", Sign.DATE),
        ("Voraufnahme vom 3.4.24", Sign.DATE),
        ("Compared with 2023-11-05", Sign.DATE),
        ("Since March 3rd, 2021", Sign.DATE),
        ("seit dem 5. März 2020", Sign.DATE),
        ("Accession 20240312", Sign.NUMBER),
        ("Fall AB-123456", Sign.NUMBER),
        ("Referred by Dr. Okonkwo", Sign.NAME),
        ("Herr Prof. Dr. Weiß bittet um Beurteilung", Sign.NAME),
        ("Patient: Doe, Jane", Sign.NAME),
        ("Geb. 1961", Sign.NAME),
        ("DOE^JANE", Sign.NAME),
        ("Call (030) 450 5000 with the result", Sign.CONTACT),
        ("Tel. +49 30 4505000", Sign.CONTACT),
        ("anna@clinic.example", Sign.CONTACT),
    ],
)
def test_names_dates_numbers_and_addresses_are_seen(text: str, sign: Sign) -> None:
    assert Found(sign, 1) in signs_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Cough and fever for 3 days. Pneumonia?",
        "CRP 182.5 mg/l, leucocytes 14.2/nl, Hb 8.1 g/dl, platelets 250 G/l",
        "PSA 4.5 -> 6.2 ng/ml, PI-RADS 4 in an earlier study; T2N0M0",
        "Zustand nach Hüft-TEP rechts, Ausschluss Lockerung; Patient kreislaufstabil",
        "Nodule 12 x 9 x 7 mm, SUVmax 3.4, blood pressure 120/80",
        "May show a fracture; the patient may be pregnant, march on the spot",
        "MR Brain without contrast. QT 120 ms QRS narrow; leucocytes 10^12/l. Stable patient.",
        "BI-RADS 2, ratio 1.5:1, L4/5, Th12, 0.5-1.0 mm",
    ],
)
def test_plain_clinical_language_passes(text: str) -> None:
    assert signs_in(text) == []


def test_a_sign_is_told_by_its_line_and_never_by_its_words() -> None:
    text = "Cough.\nSeen on 12.03.2024 and 13.03.2024\nMrs Doe"
    assert signs_in(text) == [Found(Sign.DATE, 2), Found(Sign.NAME, 3)]
