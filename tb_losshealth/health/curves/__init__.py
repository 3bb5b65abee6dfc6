"""What a curve is: steps and values, cleaned, split into trainings, and put on one step axis."""
