"""Adapter files, their GGUF export, and the adapters that ship."""
