"""How much is kept of ARR and of use, over a closed cohort."""
