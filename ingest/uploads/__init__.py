"""Files that people upload in the browser: kept on disk, read by a worker, shown while they are read."""
