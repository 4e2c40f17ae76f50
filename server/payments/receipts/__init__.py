"""What people see of their money: the list of what they paid and got back, one payment, its receipt."""
