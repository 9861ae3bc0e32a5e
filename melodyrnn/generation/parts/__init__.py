"""Drawing pieces of several parts: wishes by part, a plan, the rules of what may come next, and the loop."""
