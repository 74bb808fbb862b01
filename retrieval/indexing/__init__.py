"""Keep an index in step with its sources; build, compare and promote a new one."""
