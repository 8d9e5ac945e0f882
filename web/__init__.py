"""The thin Flask site: one blueprint and one template folder per page family."""
