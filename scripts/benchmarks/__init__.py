"""What the platform costs, held against others' servers in the same run (docs/benchmarks.md)."""
