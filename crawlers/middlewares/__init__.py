"""What every request passes, in this order: `access` (how does the site want to be asked?), `guard` (is it the public
web?), `lease` (may we ask this host now?), `robots` (may we ask for this page?), `conditional` (only if it has
changed). An answer passes, in this order: `account` (into the host's ledger), `retry_after` (does the host ask for
patience?)."""
