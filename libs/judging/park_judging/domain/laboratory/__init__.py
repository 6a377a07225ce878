"""What laboratories write and how a sheet of it becomes rows with a verdict each: for campaigns and for self-monitoring. Pure."""
