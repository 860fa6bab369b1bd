"""What pages and the API read: functions that return frozen values, never querysets."""
