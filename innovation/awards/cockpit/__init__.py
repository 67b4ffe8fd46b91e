"""What innovation shows in the cockpit."""
