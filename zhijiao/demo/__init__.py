"""Sample sites that we wrote: samples/ -> sites, wording (facts) -> printing (pages) -> server, catalogue -> show."""
