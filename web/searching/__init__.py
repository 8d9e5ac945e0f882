"""Searching: the question as its address states it, hits in context, what they tell together, files to take along."""
