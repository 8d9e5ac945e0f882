"""The directories for everyone: lists, records, feeds, what the public sends in, and the way to and from the texts."""
