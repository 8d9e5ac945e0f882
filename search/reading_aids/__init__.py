"""What helps to read a page: likelier characters, quotations held elsewhere. Offered, never applied."""
