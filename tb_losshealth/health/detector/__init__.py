"""What curves show: the evidence of a rise, its log-odds and onset, and the trend without one."""
