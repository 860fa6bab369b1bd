"""Views: check the right, call one query, render. A GET changes nothing."""
