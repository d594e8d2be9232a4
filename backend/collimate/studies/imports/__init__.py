"""Bringing in what lies in a folder of this machine: DICOM, media, zips, volumes, pictures."""
