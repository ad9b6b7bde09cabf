"""What is kept: the workspace with its snapshots, working copies, the dump, the journal, and how a dataset is read."""
