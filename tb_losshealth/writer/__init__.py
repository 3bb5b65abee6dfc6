"""What runs inside training code: the drop-in SummaryWriter and one file per framework."""
