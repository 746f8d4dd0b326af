"""Rules that read a sketch, each for one part of a question, and put the intent together."""
