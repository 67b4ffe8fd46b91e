"""Ways in: second factors, passkeys, the plant's own sign-in service; and the browsers that came in by them."""
