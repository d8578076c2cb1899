"""Official documents laid out to GB/T 9704-2012: drawn as DOCX and PDF, and checked."""
