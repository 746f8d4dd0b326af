"""Code that draws: one small function for each type of chart."""
