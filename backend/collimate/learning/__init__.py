"""The loop: learn from submitted reads, score the pool, ask for the next batch, show why."""
