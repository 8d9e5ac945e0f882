"""From a tree to every occurrence of what it looks for."""
