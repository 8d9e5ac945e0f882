"""The directories (名录): sets of fields declared in YAML, the records in them, and what may be shown of these."""
