"""Clinical text of a study: indication, question, an earlier report, laboratory values."""
