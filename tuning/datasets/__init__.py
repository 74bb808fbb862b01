"""Freeze approved examples into a dataset; split it; write other formats."""
