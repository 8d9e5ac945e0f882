"""Comparing editions (对勘): what stands in one edition of a work and how the others have it."""
