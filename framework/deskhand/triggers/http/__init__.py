"""Items by signed HTTP requests."""
