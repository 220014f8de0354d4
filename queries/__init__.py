"""What a figure is: measures in SQL, and the one road from a filter to a protected frame."""
