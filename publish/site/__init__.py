"""The reader's website: app names the addresses, pages answer them from storage, downloads serve feed files."""
