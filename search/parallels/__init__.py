"""Parallel passages: where else the library has the words of a text."""
