"""Requests: sentences that ask for a change of the table, a method of the registry, or a move in the history."""
