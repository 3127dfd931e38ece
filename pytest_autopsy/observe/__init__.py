"""From a live object to a bounded Value; no code of the user's runs."""
