"""OCR engines behind one contract."""
