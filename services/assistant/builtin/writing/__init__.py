"""From an intent to code, to words and, after the run, to sentences."""
