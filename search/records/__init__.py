"""Finding records of directories, and what may be the same thing twice."""
