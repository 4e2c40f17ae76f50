"""Others' software under the same load: installed into a virtual environment of the benchmarks' own."""
