"""What Easel does; knows no HTTP."""
