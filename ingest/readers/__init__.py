"""One file per source format, one literal table in `registry`."""
