"""Reads files of any kind. `readers` opens them in the sandbox; everything else runs there, and imports little."""
