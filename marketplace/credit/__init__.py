"""What pays besides the buyer's own money: a union's credit for its members, and vouchers."""
