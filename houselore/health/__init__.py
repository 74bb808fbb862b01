"""Readiness checks, and the findings of `houselore doctor`."""
