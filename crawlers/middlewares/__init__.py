"""What every request passes, in this order: `lease` (may we ask this host?), `conditional` (only if it has changed)."""
