"""What all hits of a search tell together, and how they leave the house."""
