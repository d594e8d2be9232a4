"""Everything that is known about DICOM and about nothing else: bytes and arrays in, bytes out."""
