"""What administrators see of all money: figures from the books, payments, the books themselves."""
