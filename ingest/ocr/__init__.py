"""From a picture of a page to its lines: engines, layout, and the roads in and out."""
