"""The methods in the open: code for one each, as an expert would write it. Sources stand with each method."""
