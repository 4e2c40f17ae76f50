"""What people have done, shown: badges by rules, certificates from measured attendance."""
