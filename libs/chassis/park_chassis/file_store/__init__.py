"""Files of people (photos, videos, documents): what is taken, how it is checked, where its bytes lie (a folder, or S3)."""
