"""Four readers of one core: live, drill, verify, audit; none has rules of its own."""
