"""What knows no subject: questions, how they are asked, answered and remembered."""
