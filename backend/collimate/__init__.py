"""Collimate: label medical images in the order that teaches a model most."""

import gc

# Python looks for unreachable circles after 700 new objects; a process of ours imports half a
# million that stay, and a request makes thousands that go by themselves.
gc.set_threshold(20_000, 20, 20)
