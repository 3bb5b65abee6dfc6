"""Work over many runs: found, split into groups that pair within themselves, and done here or on other processes."""
