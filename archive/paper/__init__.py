"""How a book leaves as paper does: a PDF/A of its pictures, our text unseen under each character."""
