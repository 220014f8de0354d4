"""What pages are made of: the frame around every figure, the filters, and who is looking. It writes no SQL."""
