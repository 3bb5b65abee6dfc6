"""What curves show: the evidence of a rise, how sure it is, since when, and what the curves do without one."""
