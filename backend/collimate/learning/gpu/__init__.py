"""What needs torch; imported by the ML worker only."""
