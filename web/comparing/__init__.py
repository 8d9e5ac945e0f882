"""Two texts beside one another: editions of a work compared, and passages that stand elsewhere too."""
