"""Collimate: label medical images in the order that teaches a model most."""
