"""The API: runs, and what is in them. Importing it imports no address: a worker and the door need a few shapes."""
