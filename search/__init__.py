"""Finding: folding, query language, engines, verified hits."""
