"""From a source file to an edition in the archive."""
