"""What starts items by itself: time tables, and the clock that wakes their host."""
