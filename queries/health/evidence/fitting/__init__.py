"""The models that may be fitted, and predictions for rows they have not seen."""
