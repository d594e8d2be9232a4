"""DIMSE, the older way for hospital systems to send images (PS3.4 annexes A and B)."""
