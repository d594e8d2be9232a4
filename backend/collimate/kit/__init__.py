"""Tools that know no radiology: settings, database, errors, HTTP, blobs, clock, ids, logging."""
