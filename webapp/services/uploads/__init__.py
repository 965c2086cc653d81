"""What people bring: files, ZIP archives and addresses become pictures of the gallery."""
