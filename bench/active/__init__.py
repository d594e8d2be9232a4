"""Parts of the active-learning benchmark."""
