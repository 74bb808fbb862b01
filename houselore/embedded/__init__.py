"""Embedded servers from wheels: Postgres, Redis, llama.cpp and the sandbox, as child processes."""
