"""What a user may ask for, one verb a method; blocking and UI-free."""
