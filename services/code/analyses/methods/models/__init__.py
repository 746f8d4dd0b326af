"""Code that fits models with scikit-learn and judges them on rows they have not seen."""
