"""Replay: play known answers through the real loop and count how many labels it takes."""
