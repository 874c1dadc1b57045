"""One module per golden file, and what they share: numbers to start from, and how they are written."""
