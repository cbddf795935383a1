"""What each cell shows."""
