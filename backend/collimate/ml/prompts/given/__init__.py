"""A segmenter that comes as a file: nnInteractive's network, its prompts and its way of looking."""
