"""Words of a question, tied to the columns and values of a table."""
