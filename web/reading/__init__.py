"""Books: the catalogue, works and editions, the reading page and how its lines are set, pages of scans, citations."""
