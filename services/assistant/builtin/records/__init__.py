"""Questions about single rows of a small table with texts for cells: who, which, the one before, how many more."""
