"""What a text means, whatever words it uses: sentences as vectors, and what is read from them."""
