"""Tests of the pure DICOM library."""
