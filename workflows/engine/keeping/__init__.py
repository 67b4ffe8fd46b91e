"""Keeping the plant calendar: days, years brought in, and units' own hours. By administrators, on record."""
