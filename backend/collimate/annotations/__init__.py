"""What readers say and draw: append-only revisions, drafts, submissions."""
