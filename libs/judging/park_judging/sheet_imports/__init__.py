"""Import of sheets: kept with a report of every row; rejected rows are set aside, mended and run again."""
