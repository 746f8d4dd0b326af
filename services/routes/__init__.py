"""HTTP endpoints and rules of the same process as the pages."""
