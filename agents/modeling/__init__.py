"""The agent that turns a problem told in words into a checked, solved formulation."""
