"""Segmentation from prompts: a hand points, a mask answers. Knows no DICOM and no database."""
