"""Rules and the line-wise redactor."""
