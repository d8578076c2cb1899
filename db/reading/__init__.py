"""What a person may read, by what it is about: `db.reader` puts it together."""
