"""READ: other people's websites. The only room that imports Scrapy.

`sources/` (data) is read by `catalogue`, each file against `sitefile`, and edited by `switches`. `run` (or `loader`,
behind `scrapy crawl`) sets up a `desk` and starts a spider (`spiders/`), which serves jobs (`events`): for each a
`visit`, whose `survey` takes a `look` at the list page and follows the pages behind it (`trail`, `twins`); then it
reads the articles through `reading` and `pages/`, with all their `parts`, in a `browser` where nothing shows without
one, and hands them over (`handover`) to the pipeline. Whether and how
fast a host may be asked is decided by `addresses`, `hosts`, `leases`, `robots` and `pace`, and kept by `middlewares/`;
what an address has taught by its answers stands in `habits`. `ledger` writes down what came of it all, `due` says when
to ask again, `failures` and `tally` why and how often something did not work.
"""
