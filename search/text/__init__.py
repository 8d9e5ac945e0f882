"""The library's text, folded, as arrays in memory."""
