"""The LKE as a workbook: the official one read by its headings, and both of ours written."""
