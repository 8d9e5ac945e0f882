"""The commands of `wenku`, a file for each group of jobs: thin calls into the house, imported only when they run."""
