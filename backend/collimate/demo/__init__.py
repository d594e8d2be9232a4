"""A synthetic world to try the product in, and the replay of known answers through the loop."""
