"""The query language: what can be written, and the tree it becomes."""
