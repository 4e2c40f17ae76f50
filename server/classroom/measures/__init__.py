"""What is measured of a lesson: how media reached whom, and how much everybody took part."""
