"""What is offered where nothing is exactly as asked for."""
