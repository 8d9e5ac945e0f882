"""Pages as they were read from their pictures: lines with boxes, their states, their revisions, the jobs that read."""
