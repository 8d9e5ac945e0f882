"""What the library holds and where it lives; the only package that writes the store."""
