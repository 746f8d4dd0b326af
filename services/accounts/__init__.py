"""Who somebody is: registering, signing in, the cookies of a browser, one's own account, and all people."""
